// A voice that tells its own time: one sweep after the other between frequencies drawn by chance, so that a second of it, found
// in any recording, says which second of the voice it is, to the sample.
import { writeFileSync } from 'node:fs'
import { numbers } from './numbers.ts'

export const rate = 48_000
const coarse = 8 // of so many samples one is looked at where a place is sought in the whole voice
const sweepS = 0.05
const edgeS = 0.002
const band = [300, 2_600] as const // Hz; below half of rate / coarse, and what Opus keeps at any bitrate
const level = 0.3

/** `seconds` of the voice with that number; played in a loop. */
export function timeVoice(voice: number, seconds: number): Float32Array {
  const next = numbers(voice * 7_919 + 17)
  const frequency = () => band[0] + next() * (band[1] - band[0])
  const samples = new Float32Array(seconds * rate)
  const length = sweepS * rate
  for (let at = 0; at < samples.length; at += length) sweep(samples.subarray(at, at + length), frequency(), frequency())
  return samples
}

function sweep(samples: Float32Array, from: number, to: number): void {
  for (let i = 0; i < samples.length; ++i) {
    const s = i / rate
    const edge = Math.min(1, s / edgeS, (sweepS - s) / edgeS)
    samples[i] = level * edge * Math.sin(2 * Math.PI * (from + ((to - from) * s) / (2 * sweepS)) * s)
  }
}

/** As a WAV file of 16 bits, one channel. */
export function writeWave(path: string, samples: Float32Array): void {
  const bytes = Buffer.alloc(44 + samples.length * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples.length * 2, 40)
  for (let i = 0; i < samples.length; ++i) bytes.writeInt16LE(Math.round(samples[i]! * 32_767), 44 + i * 2)
  writeFileSync(path, bytes)
}

/** What a stretch of a recording is: which sample of the voice sounds at its beginning; nothing if it is not this voice. */
export type Heard = { at: number; sample: number | undefined }

const windowS = 0.1 // of a recording, judged at a time
const seekS = 1 // of it that is looked for in the whole voice
const slackS = 0.0005 // by which the place may move between windows without being sought anew
const stumbleS = 0.025 // by which it moves where a starved device repeats or leaves out a buffer or two
const alike = 0.6 // correlation from which on it is this voice; a wrong place of it has less than 0.4
const sure = 0.9 // one that is neither torn nor stretched
const silent = 0.003
const restWindows = 5 // without another search in the whole voice, which takes its time
// src/media/clock_fit.hpp: so much faster or slower sound is played where a device stood still. Between the steps a window is still
// alike. So many places and paces are tried that something of another voice may be alike too, so it must be more so.
const pace = { slackS: 0.004, step: 2, alike: 0.65 }
const paces = Array.from({ length: 13 }, (_, i) => (i + 1) * 0.004).flatMap((slope) => [slope, -slope])

type Nearness = { slackS: number; step: number; alike: number }
// `slope`: by how much faster the window must be played to be alike.
type Found = { sample: number; likeness: number; slope: number }

export const heardWindow = windowS * rate

/** Knows a voice when it hears it. */
export class Listener {
  private readonly voice: Float32Array
  private readonly spectrum: Spectrum
  private readonly size: number

  constructor(voice: Float32Array) {
    this.voice = voice
    const extended = thinned(twice(voice, seekS * rate))
    this.size = 2 ** Math.ceil(Math.log2(extended.length + (seekS * rate) / coarse))
    this.spectrum = transform(padded(extended, this.size))
  }

  /** Of the voice, after which it begins again. */
  get length(): number {
    return this.voice.length
  }

  /** Window after window from `from` on. Where the recording goes on elsewhere in the voice, that is where it is then. */
  follow(samples: Float32Array, from = 0, to = samples.length): Heard[] {
    const heard: Heard[] = []
    let offsets: number[] = [] // from places of the recording to those of the voice, as last heard, and as sought since
    let resting = 0
    let lost = false
    for (let at = from; at + heardWindow <= to; at += heardWindow) {
      const window = samples.subarray(at, at + heardWindow)
      const loud = loudness(window) > silent
      let found: Found | undefined = loud ? this.around(window, offsets.map((offset) => at + offset), lost) : undefined
      if (!found && loud && --resting < 0) {
        const sought = this.seek(samples.subarray(at, Math.min(to, at + seekS * rate)))
        offsets = [...offsets.slice(0, 1), sought - at]
        found = this.near(window, sought, { slackS: stumbleS, step: 1, alike })
        resting = found ? 0 : restWindows
      }
      lost = loud && !found
      if (found) offsets = this.follows(offsets[0], found.sample - at - Math.round(found.slope * heardWindow))
      heard.push({ at, sample: found && wrapped(found.sample, this.voice.length) })
    }
    return heard
  }

  // What is heard elsewhere all of a sudden may be a mistake: until it is heard again, the place before is not forgotten.
  private follows(before: number | undefined, now: number): number[] {
    return before === undefined || Math.abs(now - before) < stumbleS * rate ? [now] : [now, before]
  }

  // The window at or near one of these places of the voice; a clear match where it was expected is worth no further look. Who was
  // lost may have gone on at any pace, and with a stumble.
  private around(window: Float32Array, places: number[], lost: boolean): Found | undefined {
    const clear = places.map((place) => this.near(window, place, { slackS, step: 1, alike: sure })).find((one) => one)
    if (clear) return clear
    const plain = places.map((place) => this.near(window, place, { slackS: stumbleS, step: 2, alike }))
    const exact = plain.map((one) => one && this.near(window, one.sample, { slackS, step: 1, alike }))
    return mostAlike([...exact, ...places.map((place) => this.atAnyPace(window, place, lost ? stumbleS : pace.slackS))])
  }

  // Where sound is stretched a little, this knows it by undoing that.
  private atAnyPace(window: Float32Array, place: number, slackS: number): Found | undefined {
    return mostAlike(
      paces.map((slope) => {
        const found = this.near(stretched(window, slope), place, { ...pace, slackS })
        return found && { ...found, slope }
      }),
    )
  }

  // The sample of the voice at which the window begins, within the slack of `place`.
  private near(window: Float32Array, place: number, { slackS, step, alike }: Nearness): Found | undefined {
    let best = alike
    let found: number | undefined
    const slack = slackS * rate
    for (let sample = Math.round(place - slack); sample <= place + slack; sample += step) {
      const likeness = this.likeness(window, sample, 2 * step - 1)
      if (likeness > best) [best, found] = [likeness, sample]
    }
    return found === undefined ? undefined : { sample: found, likeness: best, slope: 0 }
  }

  private likeness(window: Float32Array, sample: number, stride = 1): number {
    const { voice } = this
    let [both, ours, its] = [0, 0, 0]
    let at = wrapped(sample, voice.length)
    for (let i = 0; i < window.length; i += stride) {
      const a = window[i]!
      const b = voice[at]!
      both += a * b
      ours += a * a
      its += b * b
      at += stride
      if (at >= voice.length) at -= voice.length
    }
    return both / Math.sqrt(ours * its || 1)
  }

  private seek(stretch: Float32Array): number {
    const spectrum = transform(padded(thinned(stretch), this.size))
    const places = correlate(this.spectrum, spectrum)
    let best = 0
    for (let i = 1; i < this.voice.length / coarse; ++i) if (places[i]! > places[best]!) best = i
    return best * coarse
  }
}

function mostAlike(found: (Found | undefined)[]): Found | undefined {
  return found.reduce((best, one) => (one && one.likeness > (best?.likeness ?? 0) ? one : best), undefined)
}

const wrapped = (sample: number, length: number) => ((sample % length) + length) % length

function twice(samples: Float32Array, more: number): Float32Array {
  const longer = new Float32Array(samples.length + more)
  longer.set(samples)
  longer.set(samples.subarray(0, more), samples.length)
  return longer
}

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

// Faster by `slope`, as far as there is sound for it: between two samples lies the line through them.
function stretched(samples: Float32Array, slope: number): Float32Array {
  const out = new Float32Array(Math.min(samples.length, Math.floor((samples.length - 1) / (1 + slope))))
  for (let i = 0; i < out.length; ++i) {
    const at = i * (1 + slope)
    const before = Math.floor(at)
    out[i] = samples[before]! + (at - before) * (samples[before + 1]! - samples[before]!)
  }
  return out
}

// One of `coarse` samples, each the mean of those around it: nothing is in the voice above its band, so no filter is needed.
function thinned(samples: Float32Array): Float32Array {
  const few = new Float32Array(Math.floor(samples.length / coarse))
  for (let i = 0; i < few.length; ++i) few[i] = samples[i * coarse]!
  return few
}

function padded(samples: Float32Array, size: number): Float64Array {
  const all = new Float64Array(size)
  all.set(samples)
  return all
}

type Spectrum = { re: Float64Array; im: Float64Array }

function transform(re: Float64Array): Spectrum {
  const spectrum = { re, im: new Float64Array(re.length) }
  fourier(spectrum)
  return spectrum
}

// How alike `few` is to what begins at each place of `all`. The transform of the conjugate of a transform is its inverse's
// conjugate, and what is sought is real.
function correlate(all: Spectrum, few: Spectrum): Float64Array {
  const size = all.re.length
  const product = { re: new Float64Array(size), im: new Float64Array(size) }
  for (let i = 0; i < size; ++i) {
    product.re[i] = all.re[i]! * few.re[i]! + all.im[i]! * few.im[i]!
    product.im[i] = -(all.im[i]! * few.re[i]! - all.re[i]! * few.im[i]!)
  }
  fourier(product)
  return product.re
}

// In place, of a power of two (Cooley and Tukey's).
function fourier({ re, im }: Spectrum): void {
  const size = re.length
  for (let i = 1, j = 0; i < size; ++i) {
    let bit = size >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[re[i], re[j]] = [re[j]!, re[i]!]
      ;[im[i], im[j]] = [im[j]!, im[i]!]
    }
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; ++k) {
      const [c, s] = [Math.cos((-Math.PI * k) / half), Math.sin((-Math.PI * k) / half)]
      for (let even = k; even < size; even += 2 * half) {
        const odd = even + half
        const r = re[odd]! * c - im[odd]! * s
        const i = re[odd]! * s + im[odd]! * c
        re[odd] = re[even]! - r
        im[odd] = im[even]! - i
        re[even] = re[even]! + r
        im[even] = im[even]! + i
      }
    }
  }
}
