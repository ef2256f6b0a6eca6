// A session that keeps the unfiltered microphone: whoever wears no headphones is recorded twice, as the browser filters
// them and as they sound, and is heard in the call once.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { loudest, samplesOf } from './flac.ts'
import { picture } from './pictures.ts'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

type Stem = studio.Stem & { contentType: string }
type Sound = studio.Asset & { durationS: number }

const patience = { timeout: 20_000 }
const { server, ana, ben, id, link, close } = await openShow('Kitchen table', 60, async (page) => {
  await page.getByTestId('recording-settings').locator('summary').click()
  await page.getByTestId('raw-mic').check()
  await page.getByText('Lossless, 720p, 30 fps, also unfiltered').waitFor(patience)
  await assertAccessible(page, 'new session, recording quality')
  await picture(page, 'raw-microphone')
})

before(async () => {
  await ben.page.addInitScript(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    const captures: MediaStreamTrack[] = ((window as any).captures = [])
    mediaDevices.getUserMedia = async (asked) => {
      const stream = await open(asked)
      captures.push(...stream.getAudioTracks())
      return stream
    }
  })
  await ben.page.goto(link)
  await studio.enterStage(ben.page, 'Ben', false)
  for (const { page } of [ana, ben]) await studio.seesAll(page, ['Ana', 'Ben'])
})

after(close)

/** Whether the browser filters them, of Ben's captures that run. */
const captures = () =>
  ben.page.evaluate(() => {
    const live = ((window as any).captures as MediaStreamTrack[]).filter(({ readyState, muted }) => readyState === 'live' && !muted)
    return live.map((track) => track.getSettings().echoCancellation)
  })

const stems = async (name: string, source?: string) => {
  const all = ((await studio.session(ana.page, id)).takes.at(-1)?.stems ?? []) as Stem[]
  return all.filter((stem) => stem.participantName === name && stem.origin === 'local' && (!source || stem.source === source))
}
const sources = async (name: string) => (await stems(name)).map(({ source }) => source).sort()
const unfiltered = async () => (await stems('Ben', 'raw_mic')).map(({ state }) => state)

async function answer(headphones: 'yes' | 'no'): Promise<void> {
  await ben.page.getByTestId('devices').click()
  await ben.page.getByTestId(`headphones-${headphones}`).click()
  await ben.page.keyboard.press('Escape')
}

test('the device gives both at once: filtered for the call, unfiltered beside it', async () => {
  await until(captures, (seen) => seen.join() === 'true,false')
  assert.equal(await ana.page.evaluate(async (of) => (await (await fetch(`/api/v1/sessions/${of}`)).json()).recording.rawMic, id), true)
})

test('both are recorded, and one is sent', async () => {
  await studio.startTake(ana.page)
  await until(() => sources('Ben'), (seen) => seen.join() === 'camera,mic,raw_mic')
  await until(() => sources('Ana'), (seen) => seen.join() === 'camera,mic')
  await ana.page.waitForTimeout(4_000) // of recording
  const { peers, producers } = (await (await fetch(`${server.url}/stats`)).json()) as { peers: number; producers: number }
  assert.deepEqual([peers, producers], [2, 4])
  assert.ok(await studio.hearsOthers(ana.page))
})

test('headphones end the unfiltered recording, without them a new one begins, and the other goes on', async () => {
  await answer('yes')
  await until(unfiltered, (seen) => seen.join() === 'complete')
  await until(captures, (seen) => seen.join() === 'false')
  await answer('no')
  await until(unfiltered, (seen) => seen.length === 2)
  await until(captures, (seen) => seen.join() === 'true,false')
  await ana.page.waitForTimeout(2_000) // of recording
  await studio.stopTake(ana.page)
  for (const { page } of [ana, ben]) await studio.waitForRecordBar(page, 'uploaded', 'idle')

  const kept = await stems('Ben')
  assert.deepEqual(kept.map(({ source }) => source).sort(), ['camera', 'mic', 'raw_mic', 'raw_mic'])
  for (const stem of kept.filter(({ source }) => source !== 'camera')) {
    assert.equal(stem.contentType, 'audio/x-greenroom-pcm')
    assert.ok(stem.bytes > 48_000 * 3, `${stem.source}: ${stem.bytes} bytes`)
  }
  assert.deepEqual(await sources('Ana'), ['camera', 'mic'])
})

test('the unfiltered sound is a file of its own, as long as the others', async () => {
  await ana.page.getByTestId('leave').click()
  const { assets } = await studio.untilSession(ana.page, id, studio.ready, 120)
  const sounds = assets.filter(({ kind }) => kind === 'stem' || kind === 'raw_stem') as Sound[]
  assert.deepEqual(sounds.map(({ kind, name }) => `${kind} ${name}`).sort(), ['raw_stem Ben-raw.flac', 'stem Ana.flac', 'stem Ben.flac'])
  assert.equal(new Set(sounds.map(({ durationS }) => durationS)).size, 1)
  for (const stem of await stems('Ben')) assert.equal(stem.state, 'complete')
  const lengths = new Set<number>()
  for (const sound of sounds) {
    const heard = samplesOf(await studio.download(ana.page, server, sound))
    lengths.add(heard.length)
    assert.ok(loudest(heard) > 0.02, `${sound.name} has a voice: ${loudest(heard)}`)
  }
  assert.equal(lengths.size, 1)

  const line = (name: string) => ana.page.locator(`[data-testid=file-link][data-name="${name}"]`)
  await line('Ben-raw.flac').getByText('Ben · Unfiltered sound').waitFor(patience)
  await line('Ben.flac').getByText('Ben · Studio sound').waitFor(patience)
  await assertAccessible(ana.page, 'session with unfiltered sound')
  await line('Ben-raw.flac').scrollIntoViewIfNeeded()
  await picture(ana.page, 'raw-microphone-files')
  assert.deepEqual([...ana.problems, ...ben.problems], [])
})
