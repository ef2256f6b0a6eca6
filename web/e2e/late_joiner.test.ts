// Somebody joins while a take runs: recorded from then on, on the same timeline as those who were there before.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loudest, samplesOf } from './flac.ts'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

const { server, ana, ben, id, link, close } = await openShow('Better late', 60)
after(close)

type Line = { participant: string; source: string; offsetMs: number }

const rate = 48_000
const take = async () => (await studio.session(ana.page, id)).takes.at(-1)!
const bens = async () => (await take()).stems.filter(({ participantName }) => participantName === 'Ben')

/** By how much what the host's screen calls safe is behind the clock, of both people, for four seconds. */
async function secondsBehind({ startedAtMs }: studio.Take): Promise<number[]> {
  const { page } = ana
  await page.getByTestId('safe-up-to').click()
  await page.getByTestId('person-safe').nth(1).waitFor({ timeout: 20_000 })
  const seen: number[] = []
  for (let look = 0; look < 20; ++look) {
    await page.waitForTimeout(200)
    const now = (Date.now() - startedAtMs) / 1_000
    for (const text of await page.getByTestId('person-safe').allTextContents()) {
      const [, h, m, s] = /(\d\d):(\d\d):(\d\d)/.exec(text) ?? []
      seen.push(s ? now - (Number(h) * 3600 + Number(m) * 60 + Number(s)) : Number.POSITIVE_INFINITY)
    }
  }
  return seen
}

test('who joins during a take is recorded as soon as they are in the room', async (context) => {
  await studio.startTake(ana.page)
  await ana.page.waitForTimeout(3_000) // of recording without him
  await ben.page.goto(link)
  await studio.enterStage(ben.page, 'Ben')
  const joined = Date.now() // the server's clock is this machine's
  await studio.waitForRecordBar(ben.page, 'recording')
  const kinds = async () => (await bens()).map(({ origin, source }) => `${origin} ${source}`)
  await until(kinds, (seen) => ['local camera', 'local mic', 'backup camera', 'backup mic'].every((kind) => seen.includes(kind)))
  for (const { startedAtMs, origin, source } of await bens())
    assert.ok(startedAtMs < joined + 3_000, `his ${origin} ${source} begins ${Math.round(startedAtMs - joined)} ms after he is there`)
  await ana.page.waitForTimeout(2_000) // of recording with him, until he is safe for the first time
  const behind = await secondsBehind(await take())
  await studio.stopTake(ana.page)
  const most = behind.sort((a, b) => a - b)[Math.floor(0.9 * behind.length)]!
  context.diagnostic(`safe is ${behind[0]!.toFixed(2)} to ${behind.at(-1)!.toFixed(2)} s behind, ${most.toFixed(2)} or less in nine of ten looks`)
  assert.ok(most <= 3 + 1, `what is safe is ${most} s behind; the screen leaves out parts of a second`)
  await studio.waitForRecordBar(ana.page, 'uploaded', 'idle')
})

test('his sound is where it belongs, after a silence as long as he was away', async () => {
  const { assets } = await studio.untilSession(ana.page, id, studio.ready, 120)
  const sound = async (name: string) => samplesOf(await studio.download(ana.page, server, assets.find((asset) => asset.name === name)!))
  const [hers, his] = [await sound('Ana.flac'), await sound('Ben.flac')]
  assert.equal(his.length, hers.length)
  // Where the job found that each begins: a stem says it by its first block alone, which a busy browser hands over late.
  const report = JSON.parse(String(await studio.download(ana.page, server, assets.find(({ kind }) => kind === 'report')!)))
  const began = (report.stems as Line[]).filter(({ participant, source }) => participant === 'Ben' && source === 'mic')
  assert.equal(began.length, 2)
  const away = Math.min(...began.map(({ offsetMs }) => offsetMs))
  assert.ok(away > 3_000, `${away} ms`)
  const begins = (away / 1_000) * rate
  assert.equal(loudest(his.subarray(0, begins - rate / 100)), 0)
  assert.ok(loudest(his.subarray(begins + rate, begins + 4 * rate)) > 0.05)
  assert.ok(loudest(hers.subarray(0, 3 * rate)) > 0.05)
  assert.ok(report.residualMs < 50, `local recording against the backup: ${report.residualMs} ms`)
  assert.deepEqual([...ana.problems, ...ben.problems], [])
})
