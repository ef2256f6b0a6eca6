// The path of the product in real Chromium, judged by the content of what comes out.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cameraRecording, type Episode, finish, inspect, type Inspection, meet, type Meeting, part, pause } from './episode.ts'
import { loudest, samplesOf } from './flac.ts'
import { Server, temporaryDirectory } from './server.ts'
import { fixtures, hearsOthers, people, session, startTake } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

let server: Server
let meeting: Meeting
let episode: Episode
let seen: Inspection
const folder = temporaryDirectory('episode')

before(async () => {
  server = await Server.start(binary)
  meeting = await meet(server, fixtures(fixtureFolder, 60))
})

after(async () => {
  if (meeting) await part(meeting)
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const length = () => (episode.take.stoppedAtMs! - episode.take.startedAtMs) / 1000

test('three people meet, and everyone hears everyone', async () => {
  for (const person of meeting.folk) assert.ok(await hearsOthers(person.page), `${person.name} hears the others`)
})

test('record, stop, and the session becomes ready by itself', async () => {
  await startTake(meeting.owner.page)
  assert.equal((await session(meeting.owner.page, meeting.sessionId)).takes[0]?.state, 'recording')
  await pause(12)
  episode = await finish(meeting, folder)
  seen = inspect(binary, episode.mp4, people.length)
  for (const stem of episode.take.stems) assert.equal(stem.state, 'complete', `${stem.participantName} ${stem.source} ${stem.origin}`)
})

test('greenroom verify finds the take whole, by its folder alone', () => {
  const judged = spawnSync(binary, ['verify', join(meeting.server.data, 'takes', episode.take.id), '--json'], { maxBuffer: 64 << 20 })
  const { good, lines } = JSON.parse(judged.stdout.toString()) as { good: boolean; lines: { good: boolean; file: string; what: string }[] }
  assert.deepEqual(lines.filter((line) => !line.good), [])
  assert.ok(good)
  assert.equal(judged.status, 0)
  assert.ok(lines.some((line) => line.file.endsWith('-backup.grlog')), 'everyone had agreed, so the server has them too')
})

test('the episode is of the take’s length, H.264 and AAC, faststart', () => {
  assert.ok(Math.abs(seen.videoS - length()) <= 1 / seen.fps, `${seen.videoS} s of ${length()} s`)
  assert.equal(seen.videoFrames, Math.round(length() * seen.fps))
  assert.equal(seen.videoCodec, 'h264')
  assert.equal(seen.audioCodec, 'aac')
  assert.ok(seen.faststart)
})

test('it is as loud as a podcast should be', () => {
  assert.ok(Math.abs(seen.lufs + 16) <= 1, `${seen.lufs} LUFS`)
  assert.ok(seen.truePeakDb <= -0.5, `${seen.truePeakDb} dBTP`)
})

// A camera that three browsers on two cores starve skips and stands still by itself, and begins late. So each person's tile is held
// against what their browser recorded: every picture of the episode is the one that was recorded for that moment, give or take one
// frame, and the recording runs from end to end. A recording that begins late is preceded by the server's own, whose pictures such a
// browser dates differently by some frames.
const longestStillS = 1
const openingHoldS = 0.5 // src/media/plan.hpp: up to it the first picture of a recording stands from the start
const cameraFps = 30
const datedPictures = 3

test('everyone’s burned time code runs as it was recorded', () => {
  assert.equal(seen.tiles.length, people.length)
  for (const [i, tile] of seen.tiles.entries()) {
    const recorded = cameraRecording(binary, meeting, episode.take, people[i]!)
    const times = [0, ...recorded.map((picture) => picture.timeS), length()]
    const stillS = Math.max(...times.slice(1).map((time, at) => time - times[at]!))
    assert.ok(stillS < longestStillS, `${people[i]}’s recording stands still for ${stillS} s`)
    const late = recorded[0]!.timeS > openingHoldS
    const begins = late ? Math.ceil(recorded[0]!.timeS * seen.fps) + 1 : 0
    for (const shown of [tile.numbers.slice(0, begins), tile.numbers.slice(begins)]) assert.ok(ascends(shown), `tile ${i} goes back: ${shown}`)
    const wrong = tile.numbers.flatMap((number, frame) => (number !== null && mayShow(recorded, number, frame / seen.fps) ? [] : [frame]))
    assert.ok(wrong.length <= 1, `tile ${i} shows other pictures than were recorded at frames ${wrong.join(' ')}`)
  }
})

type Recorded = { timeS: number; number: number }[]

function ascends(numbers: (number | null)[]): boolean {
  const read = numbers.filter((number) => number !== null)
  return read.every((number, i) => i === 0 || read[i - 1]! <= number)
}

// What was recorded for that time; or, before anything was, what the camera had shown by then, however long it stood still.
function mayShow(recorded: Recorded, number: number, timeS: number): boolean {
  const first = recorded[0]!
  const most = (first.timeS - timeS + longestStillS) * cameraFps
  const earlier = first.number - number
  const before = first.timeS > openingHoldS && timeS < first.timeS
  return shownAt(recorded, timeS).has(number) || (before && earlier >= -datedPictures && earlier <= most)
}

// The numbers that a picture of the episode may show: of the recorded picture that stands at that time or within a frame of it.
function shownAt(recorded: Recorded, timeS: number): Set<number> {
  const frameS = 1 / 30
  const until = recorded.findLastIndex((picture) => picture.timeS <= timeS + frameS)
  const from = recorded.findLastIndex((picture) => picture.timeS <= timeS - frameS)
  return new Set(recorded.slice(Math.max(from, 0), Math.max(until, 0) + 1).map((picture) => picture.number))
}

test('all three voices are in the mix, and each stem is its owner’s alone', () => {
  for (const [i, levels] of seen.toneDb.entries()) assert.ok(Math.max(...levels) > -45, `${people[i]}’s tone in the mix`)
})

test('the stems are FLAC, of one length, of everyone', () => {
  assert.equal(episode.stems.length, people.length)
  const lengths = episode.stems.map((stem) => samplesOf(stem).length)
  assert.deepEqual(lengths, people.map(() => Math.round(length() * 48000)))
  for (const stem of episode.stems) assert.ok(loudest(samplesOf(stem)) > 0.02, `${stem} has a voice`)
})

// Local recording against the server's backup, by correlation. A starved browser leaves out or inserts buffers of 10 ms in what its
// two listeners hear, the worklet and the call; what our own alignment adds is below a millisecond (media_tests).
test('the tracks lie on one timeline, within a frame', () => {
  assert.ok(episode.report.residualMs < 33, `${episode.report.residualMs} ms`)
})
