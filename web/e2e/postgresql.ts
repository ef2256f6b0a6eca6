// The PostgreSQL that the tests run against (tools/services), and a schema of it for one server.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const services = join(import.meta.dirname, '../../tools/services')
const server = process.env.GREENROOM_TEST_POSTGRESQL ?? ''

export const postgresqlPort = () => Number(new URL(server).port)

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
