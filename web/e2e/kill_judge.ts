// What is left of a take after the kills: by its manifests, by its files, and by what is to be heard in them.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { samplesOf } from './flac.ts'
import type { Killed, Life, Lived } from './kill_take.ts'
import { type Heard, heardWindow, Listener, rate } from './time_voice.ts'

const lostMax = 1_000 // ms before the kill of a browser that returns
const startMax = 1_000 // ms from the word that it records to the first sample
const edge = 250 // ms before the stop, which each browser hears when it hears it
const backupLag = { alive: 500, killed: 1_600 } // ms before a kill that the server's own log may lack
const unheardMax = 0.05 // of a stretch: what a starved browser’s test microphone stutters
const placeMax = 30 // ms between where something was captured and where it is in the result
const windowMs = (heardWindow / rate) * 1000
const leadIn = 5 * heardWindow // who begins to listen in the middle of a tear does not know where they are

/** Of whose browser was killed: what is not in the result, and what is not in their own recording; and of the others. */
export type Loss = { killed: Killed; ms: number; ownMs: number; othersMs: number }
export type Judgement = {
  faults: string[]
  losses: Loss[]
  /** Of all sound that had to be there: heard as the voice that it is, and as no voice at all, in ms; how far from its place. */
  heardMs: number
  unheardMs: number
  placeMs: number
  startMs: number
  backupMs: number
  /** Who returned as somebody else, because their browser had not kept who they were. */
  strangers: number
}

type Interval = { first: number; end: number; from: 'local' | 'backup' | 'nothing' }
type Recording = { origin: 'local' | 'backup'; file: string; complete: boolean; startedAtMs: number }
type Manifest = { participant: string; source: string; intervals: Interval[]; recordings: Recording[]; finished?: { file: string } }

// Of each millisecond of the take where it came from, the best of the recordings of one name: who was killed before a browser
// had kept who they were is somebody else when they return.
const origins = { nothing: 0, backup: 1, local: 2 }

class Held {
  private readonly ms: Uint8Array

  constructor(manifests: Manifest[]) {
    const all = manifests.flatMap((manifest) => manifest.intervals)
    this.ms = new Uint8Array(Math.ceil(Math.max(0, ...all.map(({ end }) => end)) / (rate / 1000)))
    for (const { first, end, from } of all) {
      const [begin, until] = [Math.round(first / (rate / 1000)), Math.round(end / (rate / 1000))]
      for (let at = begin; at < until; ++at) this.ms[at] = Math.max(this.ms[at]!, origins[from])
    }
  }

  missing(from: number, until: number): number {
    let missing = 0
    for (let at = Math.max(0, Math.ceil(from)); at < until; ++at) if (!this.ms[at]) missing += 1
    return missing > 1 ? missing : 0 // one: what is rounded
  }

  /** The end of what is there last before `ms`, of that origin or a better one. */
  lastBefore(ms: number, origin: keyof typeof origins): number {
    let at = Math.min(Math.floor(ms), this.ms.length)
    while (at > 0 && this.ms[at - 1]! < origins[origin]) at -= 1
    return at
  }

  firstFrom(ms: number): number {
    let at = Math.max(0, Math.floor(ms))
    while (at < this.ms.length && !this.ms[at]) at += 1
    return at
  }

  of(origin: keyof typeof origins): number {
    return this.ms.filter((one) => one === origins[origin]).length
  }
}

// A stretch of the take in which somebody must be heard, in ms of it.
type Stretch = { from: number; until: number }

class Person {
  readonly held: Held
  readonly lives: Life[]
  readonly name: string
  private readonly lived: Lived
  readonly manifests: Manifest[]

  constructor(name: string, lived: Lived, manifests: Manifest[]) {
    this.name = name
    this.lived = lived
    this.lives = lived.lives.get(name)!
    this.manifests = manifests.filter((manifest) => manifest.participant === name && manifest.source === 'mic')
    this.held = new Held(this.manifests)
  }

  takeMs(clockMs: number): number {
    return clockMs - this.lived.take.startedAtMs
  }

  get gone(): boolean {
    return this.lives.at(-1)?.returned === false
  }

  /** What each life must have left. */
  get owed(): Stretch[] {
    return this.lives.flatMap((life, i) => {
      const from = Math.max(0, this.takeMs(life.fromMs) + startMax)
      const until = Math.min(this.keptUntil(life, i), this.takeMs(this.lived.take.stoppedAtMs!) - edge)
      return until > from ? [{ from, until }] : []
    })
  }

  private keptUntil(life: Life, i: number): number {
    const died = this.takeMs(life.killedAtMs ?? Number.POSITIVE_INFINITY) - (life.returned ? lostMax : 0)
    const last = this.lived.killed.find((killed) => killed.atMs === this.lives.at(-1)!.killedAtMs)
    const sent = i < this.lives.length - 1 && last?.settled // before the last kill
    return !this.gone || sent ? died : Math.min(died, (this.lived.promisedS[this.name] ?? 0) * 1000)
  }

  /** How much of what was said before that kill is not in the result; of who never returns, up to the last that is. */
  lostAt({ atMs }: Killed, origin: 'local' | 'backup'): number {
    const died = Math.min(this.takeMs(atMs), this.takeMs(this.lived.take.stoppedAtMs!) - edge)
    const began = this.takeMs(this.lives.find((life) => life.killedAtMs === atMs)?.fromMs ?? 0)
    return Math.max(0, died - Math.max(began, this.held.lastBefore(died, origin)))
  }
}

export function judge(binary: string, lived: Lived, voices: Map<string, Listener>): Judgement {
  const faults = [...verified(binary, lived.folder), ...decoded(lived.folder)]
  const manifests = readdirSync(lived.folder)
    .filter((file) => file.endsWith('.manifest.json'))
    .map((file) => JSON.parse(readFileSync(join(lived.folder, file), 'utf8')) as Manifest)
  const people = [...lived.lives.keys()].map((name) => new Person(name, lived, manifests))
  for (const person of people)
    for (const { from, until } of person.owed) {
      const missing = person.held.missing(from, until)
      if (missing) faults.push(`${person.name}: ${missing} ms are missing between ${ms(from)} and ${ms(until)}`)
    }
  const losses = lived.killed.map((killed) => lossOf(killed, people))
  for (const [i, { killed, ms: lost }] of losses.entries()) faults.push(...unfilled(killed, lost, losses[i - 1]?.killed))
  const heard = people.map((person) => listen(person, lived, voices.get(person.name)!))
  const all = (key: 'heardMs' | 'unheardMs') => heard.reduce((sum, one) => sum + one[key], 0)
  return {
    faults: [...faults, ...heard.flatMap((one) => one.faults)],
    losses,
    heardMs: all('heardMs'),
    unheardMs: all('unheardMs'),
    placeMs: Math.max(...heard.map((one) => one.placeMs)),
    startMs: Math.max(0, ...people.flatMap((person) => person.owed.map(({ from }) => person.held.firstFrom(from - startMax) - (from - startMax)))),
    backupMs: people.reduce((sum, person) => sum + person.held.of('backup'), 0),
    strangers: people.reduce((sum, person) => sum + Math.max(0, person.manifests.length - 1), 0),
  }
}

const ms = (value: number) => `${(value / 1000).toFixed(3)} s`

function lossOf(killed: Killed, people: Person[]): Loss {
  const victim = people.find((person) => person.name === killed.kill.browser?.who)
  const near = people.filter((person) => person !== victim).map((person) => {
    const at = person.takeMs(killed.atMs)
    const around = person.owed.map(({ from, until }) => [Math.max(from, at - 2_000), Math.min(until, at + 10_000)] as const)
    return around.reduce((sum, [from, until]) => sum + person.held.missing(from, until), 0)
  })
  return { killed, ms: victim?.lostAt(killed, 'backup') ?? 0, ownMs: victim?.lostAt(killed, 'local') ?? 0, othersMs: Math.max(...near) }
}

// The server's own recording reaches to the kill of who never returns, but for what was on its way. Nothing but that may have
// reached it since the blow before, if all had been well again for no longer.
function unfilled({ kill, settled, atMs }: Killed, lost: number, before?: Killed): string[] {
  if (!kill.browser || kill.browser.returns || !settled) return []
  const lag = kill.server ? backupLag.killed : backupLag.alive
  const allowed = before && kill.afterS * 1000 < lag ? atMs - before.atMs + lag : lag
  return lost > allowed ? [`${kill.browser.who}: the last ${lost.toFixed(0)} ms before the end are not filled from the backup`] : []
}

function verified(binary: string, folder: string): string[] {
  const { stdout, status } = spawnSync(binary, ['verify', folder, '--json'], { maxBuffer: 64 << 20 })
  const { good, lines } = JSON.parse(stdout.toString()) as { good: boolean; lines: { good: boolean; file: string; what: string }[] }
  const bad = lines.filter((line) => !line.good).map((line) => `verify: ${line.file} ${line.what}`)
  return good && status === 0 ? bad : [...bad, `verify: the take is not whole (${status})`]
}

// By a decoder that is not ours. A browser's own picture file may end in the middle of a picture; the results may not.
function decoded(folder: string): string[] {
  const media = ['.flac', '.mp4', '.webm', '.mkv']
  const files = [...readdirSync(folder), ...readdirSync(join(folder, 'sources')).map((file) => join('sources', file))]
  return files
    .filter((file) => media.includes(extname(file)))
    .flatMap((file) => {
      const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-i', join(folder, file), '-f', 'null', '-'])
      const bad = status !== 0 || (!file.startsWith('sources') && stderr.length > 0)
      return bad ? [`${file} cannot be decoded: ${stderr.toString().slice(0, 200)}`] : []
    })
}

type Listened = { faults: string[]; heardMs: number; unheardMs: number; placeMs: number }

// Everything a person is owed, window by window: it is their voice, and the part of it that was captured at that moment.
function listen(person: Person, lived: Lived, listener: Listener): Listened {
  const result: Listened = { faults: [], heardMs: 0, unheardMs: 0, placeMs: 0 }
  const captured = person.manifests.flatMap(({ recordings }) =>
    recordings.filter((one) => one.origin === 'local' && one.file.endsWith('.grpb')).map((one) => new Captured(join(lived.folder, one.file), lived.take.startedAtMs, listener)),
  )
  const files = person.manifests.flatMap(({ finished }) => (finished ? [samplesOf(join(lived.folder, finished.file), rate)] : []))
  for (const { from, until } of person.owed) hear(person.name, mixed(files), from, until, captured, listener, result)
  return result
}

function hear(name: string, samples: Float32Array, from: number, until: number, captured: Captured[], listener: Listener, result: Listened): void {
  const begin = Math.ceil((from * rate) / 1000)
  const wrong: string[] = []
  let unheard = 0
  const heard = listener.follow(samples, Math.max(0, begin - leadIn), Math.floor((until * rate) / 1000))
  for (const [i, { at, sample }] of heard.entries()) {
    if (at < begin) continue
    const takeMs = (at / rate) * 1000
    const local = captured.find((one) => one.covers(takeMs))
    const stoodStillMs = local?.stoodStillMs(takeMs) ?? 0
    if (sample !== undefined) result.heardMs += windowMs
    else unheard += windowMs
    if (!local) continue
    const expected = local.sampleAt(takeMs)
    if (expected === undefined) continue // the device itself had stumbled there
    if (sample === undefined && heard[i - 1]?.sample !== undefined && heard[i + 1]?.sample !== undefined) continue // of two paces
    const off = sample === undefined ? Number.POSITIVE_INFINITY : (Math.abs(apart(sample, expected, listener.length)) / rate) * 1000
    if (off > placeMax + stoodStillMs / 2) wrong.push(`${off.toFixed(0)} ms off at ${ms(takeMs)}`)
    else result.placeMs = Math.max(result.placeMs, off)
  }
  result.unheardMs += unheard
  if (unheard > unheardMax * (until - from)) result.faults.push(`${name}: ${unheard} ms between ${ms(from)} and ${ms(until)} are not this voice`)
  if (wrong.length > 0) {
    const where = wrong.slice(0, 3).join(', ')
    result.faults.push(`${name}: ${wrong.length * windowMs} ms between ${ms(from)} and ${ms(until)} are not what was captured then (${where})`)
  }
}

function apart(a: number, b: number, length: number): number {
  const difference = (((a - b) % length) + length) % length
  return difference > length / 2 ? difference - length : difference
}

// What a browser had written: its blocks of PCM, which say when they were captured, and what is to be heard in them.
class Captured {
  private readonly blocks: Timed[]
  private readonly heard: Heard[]

  constructor(file: string, takeStartedAtMs: number, listener: Listener) {
    const blocks = blocksOf(readFileSync(file))
    this.blocks = onOneLine(blocks).map((one) => ({ ...one, startMs: one.startMs - takeStartedAtMs }))
    this.heard = listener.follow(joined(blocks))
  }

  covers(takeMs: number): boolean {
    const frame = this.frameAt(takeMs)
    return frame !== undefined && Math.floor(frame / heardWindow) + 1 < this.heard.length
  }

  /** Which sample of the voice was captured at that moment, if the window around it is one piece. */
  sampleAt(takeMs: number): number | undefined {
    const frame = this.frameAt(takeMs)!
    const at = Math.floor(frame / heardWindow)
    const [one, next] = [this.heard[at]?.sample, this.heard[at + 1]?.sample]
    if (one === undefined || next === undefined) return undefined
    const step = next - one
    if (step > 0 && Math.abs(step - heardWindow) > 24) return undefined
    return one + frame - at * heardWindow
  }

  /** By how much the device stood still around then: its sound is not torn there but moved, by half of that at most. */
  stoodStillMs(takeMs: number): number {
    const near = this.blocks.filter(({ startMs }) => Math.abs(startMs - takeMs) < bridgeMs).map(zeroOf)
    return near.length > 0 ? Math.max(...near) - Math.min(...near) : 0
  }

  // Of the last block that had begun by then; the device may have stood still after it.
  private frameAt(takeMs: number): number | undefined {
    const block = this.blocks.findLast(({ startMs }) => startMs <= takeMs)
    return block && Math.min(block.firstFrame + ((takeMs - block.startMs) / 1000) * rate, block.firstFrame + block.frames)
  }
}

type Timed = { firstFrame: number; frames: number; startMs: number }

const bridgeMs = 15_000
const zeroOf = ({ startMs, firstFrame }: Timed) => startMs - (firstFrame / rate) * 1000

const aroundBlocks = 3 // on either side, whose times a block's own is held against: a single one may have been looked at late

function onOneLine(blocks: Block[]): Timed[] {
  const zeros = blocks.map(({ capturedAtMs, firstFrame }) => capturedAtMs - (firstFrame / rate) * 1000)
  return blocks.map(({ firstFrame, samples }, i) => {
    const around = zeros.slice(Math.max(0, i - aroundBlocks), i + aroundBlocks + 1).sort((a, b) => a - b)
    return { firstFrame, frames: samples.length, startMs: around[Math.floor(around.length / 2)]! + (firstFrame / rate) * 1000 }
  })
}

type Block = { firstFrame: number; capturedAtMs: number; samples: Float32Array }

// src/wire/stem_block.hpp: a header of 40 bytes, little-endian, then 24-bit samples. Their checksums are verify's business.
function blocksOf(bytes: Buffer): Block[] {
  const blocks: Block[] = []
  for (let at = 0; at + 40 <= bytes.length; ) {
    const payload = bytes.readUInt32LE(at + 32)
    if (bytes.toString('latin1', at, at + 4) !== 'GRPB' || at + 40 + payload > bytes.length) break
    const samples = new Float32Array(payload / 3)
    for (let i = 0; i < samples.length; ++i) samples[i] = bytes.readIntLE(at + 40 + i * 3, 3) / 2 ** 23
    blocks.push({ firstFrame: Number(bytes.readBigUInt64LE(at + 16)), capturedAtMs: bytes.readDoubleLE(at + 24), samples })
    at += 40 + payload
  }
  return blocks
}

// Silent where blocks are missing.
function joined(blocks: Block[]): Float32Array {
  const last = blocks.at(-1)
  const all = new Float32Array(last ? last.firstFrame + last.samples.length : 0)
  for (const { firstFrame, samples } of blocks) all.set(samples, firstFrame)
  return all
}

// One name, several participants: each is silent where the others speak.
function mixed(files: Float32Array[]): Float32Array {
  const all = new Float32Array(Math.max(0, ...files.map((file) => file.length)))
  for (const file of files) for (let i = 0; i < file.length; ++i) all[i]! += file[i]!
  return all
}
