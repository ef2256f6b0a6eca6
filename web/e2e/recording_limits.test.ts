// A host lowers the recording of one guest whose line is weak: told to the guest, and so from the next take on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { picture } from './pictures.ts'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

const patience = { timeout: 20_000 }
const { ana, ben, id, link, close } = await openShow('From a train', 60)

before(async () => {
  await ben.page.goto(link)
  await studio.enterStage(ben.page, 'Ben')
  await studio.seesAll(ana.page, ['Ana', 'Ben'])
})

after(close)

const sources = async () => {
  const stems = (await studio.session(ana.page, id)).takes.at(-1)?.stems ?? []
  return stems.filter((stem) => stem.participantName === 'Ben' && stem.origin === 'local').map(({ source }) => source).sort()
}

async function limit(choose: () => Promise<unknown>): Promise<void> {
  const line = ana.page.locator('[data-testid=person][data-participant-name=Ben]')
  if (!(await line.count())) await ana.page.keyboard.press('p')
  await line.getByTestId('person-menu').click()
  await ana.page.getByRole('menuitem', { name: 'Recording quality' }).click()
  await ana.page.getByTestId('limit-dialog').waitFor(patience)
  await choose()
}

test('sound only: told to the guest, and so in the next take, not in the running one', async () => {
  await studio.startTake(ana.page)
  await until(sources, (seen) => seen.join() === 'camera,mic')
  await limit(async () => {
    await ana.page.getByTestId('limit-audioOnly').click()
    await assertAccessible(ana.page, 'studio, recording of one person')
    await picture(ana.page, 'limit-dialog')
  })
  await ana.page.getByTestId('limit-save').click()
  await ben.page.getByTestId('limit-notice').getByText('sound only').waitFor(patience)
  await ana.page.getByTestId('person-limit').filter({ hasText: 'sound only' }).waitFor(patience)
  await assertAccessible(ben.page, 'studio, limited')
  await picture(ben.page, 'limit-notice')
  await ben.page.waitForTimeout(1_500)
  assert.deepEqual(await sources(), ['camera', 'mic'])
  await studio.stopTake(ana.page)
  await studio.waitForRecordBar(ana.page, 'uploaded', 'idle')

  await studio.startTake(ana.page)
  await until(sources, (seen) => seen.join() === 'mic')
  await ana.page.waitForTimeout(2_000)
  assert.deepEqual(await sources(), ['mic'])
  await studio.seesAll(ana.page, ['Ana', 'Ben']) // who is still in the call with a picture
  await studio.stopTake(ana.page)
  await studio.waitForRecordBar(ana.page, 'uploaded', 'idle')
})

test('a lower frame rate is what the camera is asked for; taken away, all is as before', async () => {
  const rate = () =>
    ben.page.evaluate(() => {
      const own = document.querySelector<HTMLVideoElement>('[data-testid=tile][data-participant-name=Ben] video')
      return (own?.srcObject as MediaStream | null)?.getVideoTracks()[0]?.getSettings().frameRate
    })
  await limit(async () => {
    await ana.page.getByTestId('limit-everything').click()
    await ana.page.getByTestId('limit-rate').selectOption('10')
  })
  await ana.page.getByTestId('limit-save').click()
  await until(rate, (seen) => seen === 10)
  await limit(() => ana.page.getByTestId('limit-rate').selectOption(''))
  await ana.page.getByTestId('limit-save').click()
  await until(rate, (seen) => seen === 30)
  await ana.page.getByTestId('person-limit').waitFor({ ...patience, state: 'detached' })
  await studio.startTake(ana.page)
  await until(sources, (seen) => seen.join() === 'camera,mic')
  await studio.stopTake(ana.page)
  assert.deepEqual([...ana.problems, ...ben.problems], [])
})
