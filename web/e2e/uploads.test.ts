// What a browser still owes the server: finished on /upload by a guest without an account, explained where it does not move,
// given out as a playable file, and sent by the browser in the background when the last tab is closed.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { picture } from './pictures.ts'
import { temporaryDirectory } from './server.ts'
import { openShow } from './show.ts'
import * as studio from './studio.ts'
import { until } from './until.ts'

const patience = { timeout: 30_000 }
const folder = temporaryDirectory('uploads')

const { server, ana, ben, id: sessionId, link, close } = await openShow('Deep Sea Radio #12', 60)

afterEach(async () => {
  if (!ben.page.isClosed()) await ben.page.unrouteAll({ behavior: 'ignoreErrors' })
})

after(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true })
})

const answerWith = (status: number, type: string) =>
  ben.page.route('**/api/v1/uploads/**', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: `/problems/${type}`, title: type, status }) })
      : route.continue(),
  )
const cutOff = () => ben.page.route('**/api/v1/uploads/**', (route) => route.abort('connectionfailed'))

// Ben says something for some seconds, and leaves while not a byte of it gets through.
async function leftBehind(hinder: () => Promise<unknown>): Promise<void> {
  await ben.page.goto(link)
  await studio.enterStage(ben.page, 'Ben')
  await hinder()
  await studio.startTake(ana.page)
  await studio.waitForRecordBar(ben.page, 'recording')
  await ben.page.waitForTimeout(5_000)
  await studio.stopTake(ana.page)
  await until(unsent, (left) => left.length === 2 && left.every(({ closed }) => closed), 20, 'the stems are closed')
}

type Left = { key: string; source: string; closed: boolean }

const unsent = (): Promise<Left[]> =>
  ben.page.evaluate(
    () =>
      new Promise<any[]>((resolve, reject) => {
        const opening = indexedDB.open('greenroom')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const reading = opening.result.transaction('stems').objectStore('stems').getAll()
          reading.onsuccess = () => {
            opening.result.close()
            resolve(reading.result)
          }
        }
      }),
  )

const files = (): Promise<string[]> =>
  ben.page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('greenroom-stems', { create: true })
    const names: string[] = []
    for await (const name of (folder as any).keys()) names.push(name)
    return names
  })

const mine = async () => (await studio.session(ana.page, sessionId)).takes.at(-1)!.stems.filter((stem) => stem.participantName === 'Ben' && stem.origin === 'local')
const arrived = () => until(mine, (stems) => stems.length === 2 && stems.every(({ state }) => state === 'complete'), 60, 'everything has arrived')
const stem = (source: string) => ben.page.locator(`[data-testid=stem-upload][data-source=${source}]`)

// What has arrived is deleted once the server's hash has been compared, a moment after it is shown as done.
const emptied = () => until(async () => [await unsent(), await files()], (left) => left.flat().length === 0, 10, 'nothing is left on this device')

test('a guest finishes on /upload what the line did not take, and may keep it as a file meanwhile', async () => {
  await leftBehind(cutOff)
  ben.page.once('dialog', (dialog) => void dialog.accept())
  await ben.page.goto(new URL('/upload', server.url).href)
  await stem('mic').getByText('The server does not answer').waitFor(patience)
  await assertAccessible(ben.page, 'uploads that do not move')
  await picture(ben.page, 'upload-silent')

  for (const [source, kind] of [['mic', 'audio'], ['camera', 'video']] as const) {
    const [download] = await Promise.all([ben.page.waitForEvent('download', patience), stem(source).getByTestId('stem-download').click()])
    const path = join(folder, download.suggestedFilename())
    await download.saveAs(path)
    const seconds = lengthOf(path, kind)
    assert.ok(seconds > 4 && seconds < 15, `${path}: ${seconds} s`)
  }

  await ben.page.unrouteAll({ behavior: 'ignoreErrors' })
  await arrived()
  await ben.page.locator('[data-testid=uploads-whole][data-state=done]').waitFor(patience)
  await emptied()
  await assertAccessible(ben.page, 'uploads that have arrived')
  await picture(ben.page, 'upload-done')
})

// By a player that is not ours.
function lengthOf(path: string, kind: 'audio' | 'video'): number {
  const report = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', `0:${kind[0]}`, '-f', 'null', '-progress', '-', '-'], { encoding: 'utf8' })
  return Number([...report.matchAll(/out_time_us=(\d+)/g)].at(-1)![1]) / 1e6
}

test('what the server refuses says why, and goes on when it is asked again', async () => {
  await leftBehind(() => answerWith(413, 'upload.too_large'))
  await ben.page.goto(new URL('/upload', server.url).href)
  await stem('camera').getByText('larger than the server accepts').waitFor(patience)
  await assertAccessible(ben.page, 'uploads that are refused')
  await picture(ben.page, 'upload-refused')
  await ben.page.unrouteAll({ behavior: 'ignoreErrors' })
  for (const source of ['mic', 'camera']) await stem(source).getByTestId('stem-retry').click()
  await arrived()
})

test('nothing is deleted here while the server’s hash is another; sent again, it is', async () => {
  const wrong = `sha-256=:${Buffer.alloc(32, 7).toString('base64')}:`
  await leftBehind(() =>
    ben.page.route('**/api/v1/uploads/**', async (route) => {
      if (route.request().method() !== 'HEAD') return route.continue()
      const response = await route.fetch()
      await route.fulfill({ response, headers: { ...response.headers(), 'repr-digest': wrong } })
    }),
  )
  await ben.page.goto(new URL('/upload', server.url).href)
  await stem('mic').getByText('not the same as the one here').waitFor(patience)
  await picture(ben.page, 'upload-differs')
  assert.equal((await files()).length, 2)
  await ben.page.unrouteAll({ behavior: 'ignoreErrors' })
  for (const source of ['mic', 'camera']) await stem(source).getByTestId('stem-retry').click()
  await ben.page.locator('[data-testid=uploads-whole][data-state=done]').waitFor(patience)
  assert.deepEqual(await files(), [])
})

test('the last tab is closed, and the browser sends the rest', async (context) => {
  await leftBehind(cutOff)
  const before = await mine()
  assert.ok(before.every(({ state }) => state !== 'complete'))
  const other = await ben.page.context().newPage() // so that the browser stays
  const closed = Date.now()
  await ben.page.close({ runBeforeUnload: false })
  await arrived()
  context.diagnostic(`everything there ${((Date.now() - closed) / 1000).toFixed(1)} s after the tab was closed`)
  await other.goto(new URL('/upload', server.url).href)
  await other.getByText('Nothing left to upload').waitFor(patience)
})
