// A person's browser: real Chromium with a fake microphone and camera fed from files, in a process and a profile of its own,
// so that it can be killed like a browser that dies and opened again with what it had kept.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'
import { wrongWith } from './document.ts'
import { temporaryDirectory } from './server.ts'

/** Files; without one for the camera it shows Chromium's own test picture. */
export type Devices = { microphone: string; camera?: string }

// Small: three browsers that paint video in software share the machine with what is tested.
const window = { width: 960, height: 640 }

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--hide-crash-restore-bubble',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--auto-select-desktop-capture-source=Entire screen',
  `--window-size=${window.width},${window.height}`,
]

export class Person {
  page!: Page
  readonly problems: string[] = []
  private child: ChildProcess | undefined
  private browser: Browser | undefined

  readonly name: string
  private readonly devices: Devices | undefined
  private readonly flags: string[]
  private readonly profile: string

  private constructor(name: string, devices: Devices | undefined, flags: string[]) {
    this.name = name
    this.devices = devices
    this.flags = flags
    this.profile = temporaryDirectory(`profile-${name}`)
  }

  static async open(name: string, devices?: Devices, flags: string[] = []): Promise<Person> {
    const person = new Person(name, devices, flags)
    await person.start()
    return person
  }

  // Also after kill(): the same profile, so the same storage.
  async start(): Promise<void> {
    const portFile = join(this.profile, 'DevToolsActivePort')
    rmSync(portFile, { force: true })
    const own = [`--user-data-dir=${this.profile}`, '--remote-debugging-port=0']
    if (this.devices) {
      own.push(`--use-file-for-fake-audio-capture=${this.devices.microphone}`)
      if (this.devices.camera) own.push(`--use-file-for-fake-video-capture=${this.devices.camera}`)
    }
    this.child = spawn('chromium', [...flags, ...this.flags, ...own, 'about:blank'], { stdio: 'ignore', detached: true })
    const deadline = Date.now() + 30_000
    while (!existsSync(portFile) || !readFileSync(portFile, 'utf8').includes('\n')) {
      if (Date.now() > deadline || this.child.exitCode !== null) throw new Error('Chromium did not start')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const port = readFileSync(portFile, 'utf8').split('\n')[0]
    this.browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const context = this.browser.contexts()[0]!
    this.page = context.pages()[0] ?? (await context.newPage())
    await this.page.setViewportSize(window)
    this.page.on('pageerror', (error) => this.problems.push(`${this.name}: ${error.message}`))
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`${this.name}: ${message.text()}`)
    })
    this.page.on('response', (response) => void this.holdAgainstDocument(response))
  }

  // Whatever a page is answered must be what the document says.
  private async holdAgainstDocument(response: Response): Promise<void> {
    const type = response.headers()['content-type'] ?? ''
    if (!new URL(response.url()).pathname.startsWith('/api/')) return
    const body = type.includes('json') ? await response.text().catch(() => undefined) : ''
    if (body === undefined) return // the page went away before it was read
    const wrong = wrongWith(response.request().method(), response.url(), response.status(), type, body)
    this.problems.push(...wrong.map((what) => `${this.name}: ${what}`))
  }

  // Like a crash or a power cut of the browser: nothing is told to the page.
  async kill(): Promise<void> {
    if (!this.child?.pid || this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    process.kill(-this.child.pid, 'SIGKILL')
    await gone
    await this.browser?.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
