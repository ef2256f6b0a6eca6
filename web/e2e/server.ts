// The real server as a child process on a port and a data directory of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `greenroom-${name}-`))
}

export class Server {
  url = ''
  setupLink = ''
  log = ''
  private child: ChildProcess | undefined
  private port = 0

  private readonly binary: string
  readonly data: string
  private readonly args: string[]

  private constructor(binary: string, data: string, args: string[]) {
    this.binary = binary
    this.data = data
    this.args = args
  }

  static async start(binary: string, data = temporaryDirectory('data'), args: string[] = []): Promise<Server> {
    const server = new Server(binary, data, args)
    await server.run()
    return server
  }

  // Starts the process; after a kill, on the port it had before, so that clients find it again.
  async run(): Promise<void> {
    const args = ['serve', '--port', String(this.port), '--data', this.data, ...this.args]
    const child = spawn(this.binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    child.stderr?.on('data', (text) => (this.log += text))
    const ready = new Promise<void>((resolve, reject) => {
      let text = ''
      child.stdout?.on('data', (piece) => {
        text += piece
        this.log += piece
        this.url = /Greenroom is at (\S+)/.exec(text)?.[1] ?? this.url
        this.setupLink = /Create the owner: (\S+)/.exec(text)?.[1] ?? this.setupLink
        if (text.includes('Ready.')) resolve()
      })
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${this.log}`)))
    })
    await ready
    child.removeAllListeners('exit')
    this.port = Number(new URL(this.url).port)
  }

  /** What makes an account of the first person who has it. */
  get setupToken(): string {
    return new URL(this.setupLink).searchParams.get('token') ?? ''
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  /** Where it listens for media now; with more than one media thread, the last one's. */
  get mediaPort(): number {
    return Number([...this.log.matchAll(/"media\.listening".*"port":"(\d+)"/g)].at(-1)?.[1])
  }

  get alive(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.child || !this.alive) return
    const gone = once(this.child, 'exit')
    this.child.kill(signal)
    await gone
  }

  async close({ keepData = false } = {}): Promise<void> {
    await this.kill('SIGTERM')
    if (!keepData) rmSync(this.data, { recursive: true, force: true })
  }
}
