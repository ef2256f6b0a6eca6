// The PostgreSQL that the tests run against (tools/services), a schema of it for one server, and a relay that can be told
// that it is gone.
import { execFileSync } from 'node:child_process'
import { type AddressInfo, createServer, connect, type Socket } from 'node:net'
import { join } from 'node:path'

const services = join(import.meta.dirname, '../../tools/services')
const server = process.env.GREENROOM_TEST_POSTGRESQL ?? ''

function psql(command: string, url = server): void {
  execFileSync('psql', [url, '--quiet', '--no-psqlrc', '--set=ON_ERROR_STOP=1', '--command', command], {
    env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' },
  })
}

// A PostgreSQL of a test's own, with its files in `folder`.
export class OwnPostgresql {
  readonly url: string
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    const said = execFileSync(services, ['start', folder], { encoding: 'utf8' })
    this.url = /GREENROOM_TEST_POSTGRESQL=(\S+)/.exec(said)?.[1] ?? ''
  }

  // Begins a fresh file of its log, which has its 16 MB from the start: without room for its log PostgreSQL ends itself
  // (PANIC), and what somebody has to free is said by PostgreSQL, not by us.
  beginLogFile(): void {
    for (const command of ['SELECT pg_switch_wal()', 'CREATE TABLE begun ()', 'DROP TABLE begun', 'CHECKPOINT'])
      psql(command, this.url)
  }

  stop(): void {
    execFileSync(services, ['stop', this.folder])
  }
}

export class Schema {
  readonly name: string

  constructor(name: string) {
    if (!server) throw new Error('GREENROOM_TEST_POSTGRESQL names no server: eval "$(tools/services start DIR)"')
    this.name = `e2e_${name}_${process.pid}`
    psql(`CREATE SCHEMA ${this.name}`)
  }

  url(port?: number): string {
    const url = new URL(server)
    if (port) url.port = String(port)
    return `${url.href}?options=-csearch_path%3D${this.name}`
  }

  drop(): void {
    psql(`DROP SCHEMA ${this.name} CASCADE`)
  }
}

// 'gone': connections end and are refused. 'silent': what is sent goes nowhere, and nobody says so.
export type Condition = 'good' | 'gone' | 'silent'

export class Relay {
  port = 0
  private condition: Condition = 'good'
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((client) => this.accept(client))

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.listener.listen(0, '127.0.0.1', resolve))
    this.port = (this.listener.address() as AddressInfo).port
  }

  become(condition: Condition): void {
    this.condition = condition
    for (const socket of this.sockets) {
      if (condition === 'gone') socket.destroy()
      else if (condition === 'silent') socket.pause()
      else socket.resume()
    }
  }

  close(): void {
    this.become('gone')
    this.listener.close()
  }

  private accept(client: Socket): void {
    if (this.condition === 'gone') {
      client.destroy()
      return
    }
    const upstream = connect(Number(new URL(server).port), '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (bytes) => to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => {
        this.sockets.delete(from)
        to.destroy()
      })
      if (this.condition === 'silent') from.pause()
    }
  }
}
