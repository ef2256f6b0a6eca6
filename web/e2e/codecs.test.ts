// Cameras are recorded as the browser does well in hardware; here browsers say so of one codec after the other, and
// the result is made of what they recorded.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

const { server, ana, ben, id, link, close } = await openShow('As it comes', 60)

before(async () => {
  await ben.page.goto(link)
  await studio.enterStage(ben.page, 'Ben')
  await studio.seesAll(ana.page, ['Ana', 'Ben'])
})

after(close)

const inHardware = (page: Page, type: string) =>
  page.evaluate((wanted) => {
    navigator.mediaCapabilities.encodingInfo = async ({ video }) => ({
      supported: true,
      smooth: true,
      powerEfficient: video?.contentType === wanted,
    })
  }, type)

interface CameraManifest {
  participant: string
  expected: number
  present: number
  recordings: { origin: string; contentType: string; complete: boolean; unusable?: string }[]
}

const cameras = async (): Promise<CameraManifest[]> => {
  const { assets } = await studio.session(ana.page, id)
  const files = assets.filter(({ name }) => /-camera(-\d+)?\.manifest\.json$/.test(name))
  return Promise.all(files.map(async (file) => JSON.parse(String(await studio.download(ana.page, server, file)))))
}

const turns = [
  ['video/webm;codecs=vp9', 'video/x-matroska;codecs=avc1'],
  ['video/webm;codecs=h264', 'video/mp4;codecs=avc1'],
] as const

for (const [hers, his] of turns) {
  test(`${hers} and ${his} become an episode`, async () => {
    await Promise.all([inHardware(ana.page, hers), inHardware(ben.page, his)])
    await studio.startTake(ana.page)
    await ana.page.waitForTimeout(5_000)
    await studio.stopTake(ana.page)
    await studio.waitForRecordBar(ana.page, 'uploaded', 'idle')
    const lastTake = async () => (await studio.session(ana.page, id)).takes.at(-1)!
    const take = await until(lastTake, ({ state }) => state === 'ready' || state === 'failed', 60)
    assert.equal(take.state, 'ready', take.error)
    const seen = (await cameras()).filter(({ recordings }) =>
      recordings.some(({ contentType }) => contentType === hers || contentType === his),
    )
    assert.deepEqual(seen.map(({ participant }) => participant).sort(), ['Ana', 'Ben'])
    for (const { participant, expected, present, recordings } of seen) {
      const own = recordings.find(({ origin }) => origin === 'local')!
      assert.equal(own.contentType, participant === 'Ana' ? hers : his)
      assert.ok(own.complete && !own.unusable, `${participant}: ${own.unusable}`)
      assert.ok(present > 0.9 * expected, `${participant}: ${present} of ${expected} ms`)
    }
  })
}

test('nothing went wrong in either browser', () => assert.deepEqual([...ana.problems, ...ben.problems], []))
