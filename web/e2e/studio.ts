// What people do in Greenroom, as steps: each takes a page and waits for what a person would see.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { Devices } from './browser.ts'
import type { Server } from './server.ts'
import { until } from './until.ts'

export const people = ['Ana', 'Ben', 'Caro']
export const tones = [997, 1499, 2203]

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

// Voices and cameras for `people`, made once per folder.
export function fixtures(folder: string, seconds: number): Devices[] {
  const devices = people.map((name) => ({
    microphone: join(folder, `${name}.wav`),
    camera: join(folder, `${name}.mjpeg`),
  }))
  if (!devices.every(({ camera, microphone }) => existsSync(camera) && existsSync(microphone)))
    execFileSync('python3', [join(root, 'tools/make_fixtures.py'), folder, String(seconds), ...people])
  return devices
}

const seconds = (n: number) => ({ timeout: n * 1000 })

export async function createOwner(page: Page, server: Server, name: string): Promise<void> {
  await page.goto(server.setupLink)
  await page.getByTestId('setup-name').fill(name)
  await page.getByTestId('setup-email').fill(`${name.toLowerCase()}@example.org`)
  await page.getByTestId('setup-password').fill('correct horse battery staple')
  await page.getByTestId('setup-submit').click()
  await page.getByTestId('new-session').first().waitFor(seconds(10))
}

// Returns the guest link as a whole URL. The page is then on the session's page. `more` is what else is filled in.
export async function createSession(page: Page, server: Server, title: string, more?: (page: Page) => Promise<void>): Promise<string> {
  await page.getByTestId('new-session').first().click()
  await page.getByTestId('session-title').fill(title)
  await more?.(page)
  await page.getByTestId('create-session').click()
  const link = page.getByTestId('guest-link')
  await link.waitFor(seconds(10))
  const text = await link.evaluate((node) => (node as HTMLInputElement).value || node.getAttribute('data-link') || node.textContent || '')
  return new URL(text.trim(), server.url).href
}

// From the green room to the stage.
export async function enterStage(page: Page, name?: string, wearsHeadphones = true): Promise<void> {
  const field = page.getByTestId('join-name')
  await page.getByTestId('join').waitFor(seconds(15))
  if (name && (await field.count())) await field.fill(name)
  const headphones = page.getByTestId(wearsHeadphones ? 'headphones-yes' : 'headphones-no')
  if (await headphones.count()) await headphones.first().click()
  const consent = page.getByTestId('join-consent')
  if (await consent.count()) await consent.check()
  await page.getByTestId('join').click()
  await page.getByTestId('record-bar').waitFor(seconds(20))
}

export async function enterStudio(page: Page): Promise<void> {
  await page.getByTestId('enter-studio').first().click()
  await enterStage(page)
}

// Everyone has a tile with moving pictures for everyone.
export async function seesAll(page: Page, names: string[]): Promise<void> {
  for (const name of names) {
    const tile = page.locator(`[data-testid=tile][data-participant-name="${name}"]`)
    await tile.first().waitFor(seconds(20))
  }
  await page.waitForFunction(
    (count) => {
      const videos = [...document.querySelectorAll<HTMLVideoElement>('[data-testid=tile-video]')]
      return videos.filter((video) => video.videoWidth > 0 && video.currentTime > 0.2).length >= count
    },
    names.length - 1, // the others; one's own picture is no proof
    seconds(30),
  )
}

// The loudness that arrives from others, summed over their audio elements, above silence.
export async function hearsOthers(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const streams = [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
      .filter((element) => !element.muted && element.srcObject instanceof MediaStream)
      .map((element) => element.srcObject as MediaStream)
      .filter((stream) => stream.getAudioTracks().length > 0)
    const context = new AudioContext()
    const meters = streams.map((stream) => {
      const analyser = context.createAnalyser()
      context.createMediaStreamSource(stream).connect(analyser)
      return analyser
    })
    const heard = new Set<AnalyserNode>()
    const until = performance.now() + 8000
    while (performance.now() < until && heard.size < meters.length) {
      for (const meter of meters) {
        const samples = new Float32Array(meter.fftSize)
        meter.getFloatTimeDomainData(samples)
        if (Math.max(...samples.map(Math.abs)) > 0.01) heard.add(meter)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await context.close()
    return meters.length > 0 && heard.size === meters.length
  })
}

export async function startTake(page: Page): Promise<void> {
  await page.getByTestId('record').click()
  await waitForRecordBar(page, 'recording')
}

export async function stopTake(page: Page): Promise<void> {
  await page.getByTestId('stop').click()
}

export async function waitForRecordBar(page: Page, ...states: string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => wanted.includes(document.querySelector('[data-testid=record-bar]')?.getAttribute('data-state') ?? ''),
    states,
    seconds(60),
  )
}

export type Take = { id: string; state: string; startedAtMs: number; stoppedAtMs?: number; stems: Stem[]; error?: string }
export type Stem = { id: string; source: string; origin: string; state: string; participantName: string; startedAtMs: number; bytes: number }
export type Asset = { id: string; kind: string; name: string; contentType: string; bytes: number; url: string; participantName?: string }
export type Session = { id: string; state: string; takes: Take[]; assets: Asset[]; job?: { state: string; stage: string; progress: number; error?: string } }

// Asked in the owner's browser, so with the owner's rights.
export async function session(page: Page, id: string): Promise<Session> {
  return page.evaluate(async (sessionId) => (await fetch(`/api/v1/sessions/${sessionId}`)).json(), id)
}

export async function untilSession(page: Page, id: string, done: (s: Session) => boolean, limit: number): Promise<Session> {
  return until(() => session(page, id), done, limit, 'the session did not get there')
}

export const ready = (s: Session) => {
  if (s.state === 'failed') throw new Error(`the session failed: ${JSON.stringify(s, null, 1)}`)
  return s.state === 'ready'
}

export async function download(page: Page, server: Server, asset: Asset): Promise<Buffer> {
  const response = await page.request.get(new URL(asset.url, server.url).href)
  if (!response.ok()) throw new Error(`${asset.name}: ${response.status()}`)
  return response.body()
}
