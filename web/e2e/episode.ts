// The main job, end to end: an owner and guests meet, record for a while, stop, and get the episode's files.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Devices, Person } from './browser.ts'
import type { Server } from './server.ts'
import * as studio from './studio.ts'

export type Meeting = { server: Server; folk: Person[]; owner: Person; sessionId: string; guestLink: string }

// Everyone in the room, seeing everyone.
export async function meet(server: Server, devices: Devices[]): Promise<Meeting> {
  const folk = await Promise.all(studio.people.map((name, i) => Person.open(name, devices[i])))
  try {
    return await enterAll(server, folk)
  } catch (error) {
    await Promise.all(folk.map((person) => person.close()))
    throw error
  }
}

async function enterAll(server: Server, folk: Person[]): Promise<Meeting> {
  const owner = folk[0]!
  await studio.createOwner(owner.page, server, owner.name)
  const guestLink = await studio.createSession(owner.page, server, 'Deep Sea Radio #12')
  const sessionId = /sessions\/([0-9a-f-]{36})/.exec(owner.page.url())?.[1] ?? ''
  await studio.enterStudio(owner.page)
  for (const guest of folk.slice(1)) {
    await guest.page.goto(guestLink)
    await studio.enterStage(guest.page, guest.name)
  }
  for (const person of folk) await studio.seesAll(person.page, studio.people)
  return { server, folk, owner, sessionId, guestLink }
}

export async function part(meeting: Meeting): Promise<void> {
  await Promise.all(meeting.folk.map((person) => person.close()))
}

export const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

export type Episode = {
  take: studio.Take
  session: studio.Session
  mp4: string
  stems: string[]
  thumbnail: string
  peaks: string
  report: Report
  readyAfterS: number
}

export type Report = {
  durationS: number
  lufs: number
  truePeakDb: number
  residualMs: number
  stems: { stemId: string; source: string; origin: string; participant: string; offsetMs: number; driftPpm: number; residualMs: number; gaps: number }[]
}

// Presses stop, waits until the session is ready and downloads every file into `folder`. The guests go home when the server has all.
export async function finish(meeting: Meeting, folder: string): Promise<Episode> {
  const { owner, server, sessionId } = meeting
  const stopped = Date.now()
  await studio.stopTake(owner.page)
  await studio.untilSession(owner.page, sessionId, (now) => now.state === 'processing' || studio.ready(now), 300)
  await Promise.all(meeting.folk.slice(1).map((guest) => guest.close()))
  const session = await studio.untilSession(owner.page, sessionId, studio.ready, 300)
  const readyAfterS = (Date.now() - stopped) / 1000
  mkdirSync(folder, { recursive: true })
  const files: { asset: studio.Asset; path: string }[] = []
  for (const asset of session.assets) {
    const path = join(folder, asset.name)
    writeFileSync(path, await studio.download(owner.page, server, asset))
    files.push({ asset, path })
  }
  const one = (kind: string) => {
    const found = files.find((file) => file.asset.kind === kind)
    if (!found) throw new Error(`no ${kind} among ${files.map((file) => file.asset.name).join(', ')}`)
    return found.path
  }
  return {
    take: session.takes.at(-1)!,
    session,
    mp4: one('composite'),
    stems: files.filter((file) => file.asset.kind === 'stem').map((file) => file.path),
    thumbnail: one('thumbnail'),
    peaks: one('peaks'),
    report: JSON.parse(readFileSync(one('report'), 'utf8')) as Report,
    readyAfterS,
  }
}

export type Inspection = {
  videoS: number
  audioS: number
  videoFrames: number
  audioSamples: number
  width: number
  height: number
  fps: number
  videoCodec: string
  audioCodec: string
  faststart: boolean
  lufs: number
  truePeakDb: number
  frameTimesS: number[]
  tiles: { numbers: (number | null)[]; unread: number; backward: number; jumps: number; repeats: number; first?: number; last?: number }[]
  toneDb: number[][]
}

// The binary's own judge of a finished file.
export function inspect(binary: string, file: string, tiles: number): Inspection {
  const args = ['inspect', file, '--tiles', String(tiles), '--tones', studio.tones.join(',')]
  return JSON.parse(execFileSync(binary, args, { maxBuffer: 64 << 20 }).toString()) as Inspection
}

// What a participant's browser recorded of the camera: time on the take's line (s) and number of every picture.
export function cameraRecording(binary: string, meeting: Meeting, take: studio.Take, participant: string): { timeS: number; number: number }[] {
  const stem = take.stems.find((one) => one.participantName === participant && one.source === 'camera' && one.origin === 'local')
  if (!stem) throw new Error(`no camera recording of ${participant}`)
  const blobs = readdirSync(join(meeting.server.data, 'blobs'), { recursive: true, withFileTypes: true })
  const file = blobs
    .filter((entry) => entry.isFile() && entry.name.startsWith('uploads~'))
    .map((entry) => join(entry.parentPath, entry.name))
    .find((path) => statSync(path).size === stem.bytes)
  if (!file) throw new Error(`no upload of ${stem.bytes} bytes`)
  const seen = inspect(binary, file, 1)
  const beganS = (stem.startedAtMs - take.startedAtMs) / 1000 - seen.frameTimesS[0]!
  return seen.tiles[0]!.numbers.flatMap((number, i) => (number === null ? [] : [{ timeS: beganS + seen.frameTimesS[i]!, number }]))
}
