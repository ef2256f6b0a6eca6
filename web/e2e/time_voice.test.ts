// What the kills are judged by hears what it should: also where a device stood still and sound is stretched by up to 5 %.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heardWindow, Listener, rate, timeVoice } from './time_voice.ts'

const voice = timeVoice(1, 20)
const ear = new Listener(voice)
const begins = 5 * rate

for (const pace of [0.995, 1, 1.05])
  test(`a voice at a pace of ${pace} is known, and where it is`, () => {
    const turn = rate / 2
    const truth = (at: number) => begins + Math.min(at, turn) + Math.max(0, at - turn) * pace
    const played = Float32Array.from({ length: 2 * rate }, (_, i) => voice[Math.round(truth(i))]!)
    const heard = ear.follow(played).filter(({ at }) => Math.abs(at - turn) > heardWindow)
    assert.ok(heard.length > 15)
    for (const { at, sample } of heard) assert.ok(Math.abs(sample! - truth(at)) < rate / 1000, `${sample} at ${at}`)
  })

test('another voice, noise and silence are not known', () => {
  const others = [timeVoice(2, 20).subarray(0, rate), Float32Array.from({ length: rate }, () => Math.random() - 0.5), new Float32Array(rate)]
  for (const other of others) assert.ok(ear.follow(other).filter(({ sample }) => sample !== undefined).length <= 1)
})
