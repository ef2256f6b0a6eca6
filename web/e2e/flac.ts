// What is to be heard in a FLAC file, by a decoder that is not ours.
import { execFileSync } from 'node:child_process'

// Of the file at that path, or of these bytes; one channel, at its own rate or the one asked for.
export function samplesOf(flac: string | Buffer, rate?: number): Float32Array {
  const [from, input] = typeof flac === 'string' ? [flac] : ['-', flac]
  const to = ['-ac', '1', ...(rate ? ['-ar', String(rate)] : []), '-f', 'f32le', '-']
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', from, ...to], { input, maxBuffer: 1 << 30 })
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength))
}

export const loudest = (samples: Float32Array): number => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
