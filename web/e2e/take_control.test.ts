// What a host does with a running take: everybody agrees before they are recorded, moments are marked, the recording rests
// and goes on, and the result leaves the rest out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { picture } from './pictures.ts'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

type Pause = { fromMs: number; untilMs?: number }
type Controlled = studio.Take & { pauses: Pause[]; markers: { atMs: number; label: string }[] }

const patience = { timeout: 20_000 }
const { ana, ben, id, link, close } = await openShow('Take control', 20)

before(async () => {
  await ben.page.goto(link)
  await ben.page.getByTestId('join-name').fill('Ben')
  await ben.page.getByTestId('join').click() // without having agreed to anything
  await ben.page.getByTestId('record-bar').waitFor(patience)
  await studio.seesAll(ana.page, ['Ana', 'Ben'])
})

after(close)

const take = async () => (await studio.session(ana.page, id)).takes.at(-1) as Controlled
const stemsOf = async (name: string) => (await take()).stems.filter((stem) => stem.participantName === name)
const allRecorded = async () => (await take()).stems.filter(({ origin }) => origin === 'local')
const recorded = async (name: string) => (await allRecorded()).filter((stem) => stem.participantName === name)

test('who has not agreed is not recorded, nor received, until they do', async () => {
  await studio.startTake(ana.page)
  await ben.page.getByTestId('consent-agree').waitFor(patience)
  await assertAccessible(ben.page, 'studio, asked for consent')
  await until(() => recorded('Ana'), (stems) => stems.length === 2)
  await ana.page.keyboard.press('p')
  const person = ana.page.locator('[data-testid=person][data-participant-name=Ben]')
  await person.getByTestId('person-left-out').waitFor(patience)
  await picture(ana.page, 'person-left-out')
  assert.deepEqual(await stemsOf('Ben'), []) // by the server neither
  const unseen = ana.page.locator('[data-testid=tile][data-participant-name=Ben][data-has-video=false]')
  await unseen.waitFor(patience)

  await ben.page.getByTestId('consent-agree').click()
  await until(() => recorded('Ben'), (stems) => stems.length === 2)
  await until(() => stemsOf('Ben'), (stems) => stems.some(({ origin }) => origin === 'backup'))
  await person.getByTestId('person-left-out').waitFor({ ...patience, state: 'detached' })
  await ana.page.keyboard.press('p')
  const agreed = (await recorded('Ben')) as (studio.Stem & { consentedAt?: string })[]
  assert.ok(agreed.every((stem) => stem.consentedAt))
  await studio.seesAll(ana.page, ['Ana', 'Ben'])
})

test('a key marks the moment, and the name follows', async () => {
  await ana.page.keyboard.press('m')
  await ana.page.getByTestId('marker-label').fill('The vents')
  await assertAccessible(ana.page, 'studio, a marker')
  await ana.page.getByTestId('marker-save').click()
  await until(take, ({ markers }) => markers.some(({ label }) => label === 'The vents'))
  await ben.page.getByTestId('safe-up-to').click()
  await ben.page.getByTestId('marker-list').getByText('The vents').waitFor(patience)
  await ben.page.getByTestId('person-safe').first().filter({ hasText: /Safe on the server up to \d\d:\d\d:\d\d/ }).waitFor(patience)
  await assertAccessible(ben.page, 'studio, who is safe up to where')
  await ben.page.keyboard.press('Escape')
})

test('a pause is seen by everyone, and stems end before it and begin after it', async () => {
  const before = (await allRecorded()).length
  await ana.page.getByTestId('pause').click()
  await Promise.all([ana, ben].map(({ page }) => studio.waitForRecordBar(page, 'paused')))
  await assertAccessible(ben.page, 'studio, paused')
  await until(allRecorded, (stems) => stems.every(({ state }) => state === 'complete'))
  await ana.page.getByTestId('resume').click()
  await Promise.all([ana, ben].map(({ page }) => studio.waitForRecordBar(page, 'recording')))
  await until(allRecorded, (stems) => stems.length === before + 4)
  await ana.page.waitForTimeout(3_000) // of recording after the pause
  await studio.stopTake(ana.page)
})

test('the result leaves the pause out, and the marker leads to its moment', async () => {
  await studio.waitForRecordBar(ana.page, 'uploaded', 'idle')
  await ana.page.getByTestId('leave').click()
  const done = await studio.untilSession(ana.page, id, studio.ready, 120)
  const { startedAtMs, stoppedAtMs, pauses, markers } = await take()
  assert.equal(pauses.length, 1)
  const paused = pauses[0]!.untilMs! - pauses[0]!.fromMs
  assert.ok(paused > 500, `${paused} ms`)
  const composite = done.assets.find(({ kind }) => kind === 'composite') as studio.Asset & { durationS: number }
  const expected = (stoppedAtMs! - startedAtMs - paused) / 1_000
  assert.ok(Math.abs(composite.durationS - expected) < 0.05, `${composite.durationS} s instead of ${expected} s`)

  const chapter = ana.page.getByTestId('chapters').getByRole('button', { name: /The vents/ })
  await chapter.waitFor(patience)
  await assertAccessible(ana.page, 'session with markers')
  await chapter.click()
  const at = (markers[0]!.atMs - startedAtMs) / 1_000
  await ana.page.waitForFunction((s) => document.querySelector<HTMLVideoElement>('[data-testid=player]')!.currentTime >= s - 0.1, at)
  assert.deepEqual([...ana.problems, ...ben.problems], [])
})
