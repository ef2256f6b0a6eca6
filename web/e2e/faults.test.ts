// What the server keeps survives what happens to it: killed under load, a full disk, a database that goes and comes back.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { numbers } from './numbers.ts'
import { Owner } from './owner.ts'
import { OwnPostgresql, postgresqlPort, Schema } from './postgresql.ts'
import { Relay } from './relay.ts'
import { Server, temporaryDirectory } from './server.ts'
import { binary } from './suite.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

// Writers that go on until the server dies under them; what it acknowledged goes into `kept`.
async function load(owner: Owner, kept: Map<string, string>, round: number): Promise<void> {
  const writer = async (name: number) => {
    for (let i = 0; ; ++i) {
      const title = `Round ${round}, writer ${name}, number ${i}`
      const answer = await owner.makeSession(title).catch(() => undefined)
      if (!answer) return
      const body = await answer.json().catch(() => undefined)
      if (!body) return // the head arrived, the body did not: nobody has been told
      assert.equal(answer.status, 201, JSON.stringify(body))
      kept.set(body.id, title)
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(writer))
}

// KILLS=100 asks for more; SEED repeats a run as far as its instants go.
const kills = Number(process.env.KILLS ?? 5)
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

async function surviveKills(context: TestContext, args: string[]): Promise<void> {
  context.diagnostic(`seed ${seed}, ${kills} kills`)
  const next = numbers(seed)
  const server = await Server.start(binary, undefined, ['--rate-limit', '0', ...args])
  try {
    const owner = new Owner(server)
    await owner.setUp()
    const kept = new Map<string, string>()
    for (let round = 1; round <= kills; ++round) {
      const enough = kept.size + 5 + 60 * next()
      const writers = load(owner, kept, round)
      while (kept.size < enough) await pause(1)
      await pause(20 * next())
      await server.kill('SIGKILL')
      await writers
      await server.run()
      const found = await owner.sessions()
      for (const [id, title] of kept) assert.equal(found.get(id), title, `round ${round}: ${title} was acknowledged and is lost`)
    }
    context.diagnostic(`${kept.size} acknowledged writes, all kept`)
  } finally {
    await server.close()
  }
}

test('killed under load, SQLite: no acknowledged write is lost', (context) => surviveKills(context, []))

describe('PostgreSQL', () => {
  let schema: Schema
  before(() => {
    schema = new Schema('faults')
  })
  after(() => schema.drop())

  test('killed under load: no acknowledged write is lost', (context) => surviveKills(context, ['--database', schema.url()]))
})

for (const condition of ['gone', 'silent'] as const) {
  describe(`PostgreSQL ${condition} for some seconds`, () => {
    let schema: Schema
    let server: Server
    let owner: Owner
    const relay = new Relay(postgresqlPort)
    before(async () => {
      schema = new Schema(condition)
      await relay.open()
      server = await Server.start(binary, undefined, ['--database', schema.url(relay.port)])
      owner = new Owner(server)
      await owner.setUp()
    })
    after(async () => {
      relay.close()
      await server.close()
      schema.drop()
    })

    test('503 with Retry-After meanwhile, and then it goes on without a restart', async () => {
      const pid = server.pid
      const first = await (await owner.makeSession('Before')).json()
      relay.become(condition)
      const end = Date.now() + 5_000
      let answers = 0
      while (Date.now() < end) {
        const asked = Date.now()
        const [write, read, health, ready] = await Promise.all([
          owner.makeSession('Meanwhile'),
          owner.call('GET', `/api/v1/sessions/${first.id}`),
          owner.call('GET', '/health'),
          owner.call('GET', '/ready'),
        ])
        for (const answer of [write, read]) {
          const text = await answer.text()
          assert.equal(answer.status, 503, text)
          assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
          assert.match(JSON.parse(text).type, /db\.(unavailable|busy)/)
        }
        assert.equal(health.status, 200)
        assert.equal(ready.status, 503)
        assert.ok(Date.now() - asked < 10_000, `${Date.now() - asked} ms`)
        ++answers
        await pause(50)
      }
      assert.ok(answers > 0)
      relay.become('good')
      const recovered = Date.now() + 5_000
      let after = await owner.makeSession('After')
      while (after.status === 503 && Date.now() < recovered) {
        await pause(100)
        after = await owner.makeSession('After')
      }
      assert.equal(after.status, 201, await after.clone().text())
      assert.equal(server.pid, pid)
      assert.ok(server.alive)
      const titles = [...(await owner.sessions()).values()].sort()
      assert.deepEqual(titles, ['After', 'Before'])
      assert.equal((await owner.call('GET', '/ready')).status, 200)
    })
  })
}

// A file system of so many MB, where this user may make one.
function smallDisk(folder: string, size: number): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// What there was room for is written before it fails.
function fill(folder: string, size: number): string {
  const filler = join(folder, 'filler')
  assert.throws(() => writeFileSync(filler, Buffer.alloc(size << 20)), /ENOSPC/)
  return filler
}

async function surviveFullDisk(folder: string, size: number, server: Server, nearlyFull = () => {}): Promise<void> {
  const owner = new Owner(server)
  await owner.setUp()
  const kept = new Map<string, string>()
  const first = await (await owner.makeSession('First')).json()
  kept.set(first.id, first.title)
  nearlyFull()
  const filler = fill(folder, size)
  let refused: Response | undefined
  for (let i = 0; i < 2_000 && !refused; ++i) {
    const answer = await owner.makeSession(`Number ${i}`)
    if (answer.status === 201) kept.set((await answer.json()).id, `Number ${i}`)
    else refused = answer
  }
  assert.ok(refused, 'the disk was not full')
  const problem = await refused.json()
  assert.equal(refused.status, 507, JSON.stringify(problem))
  assert.match(problem.title, /disk is full/)
  assert.equal((await owner.call('GET', `/api/v1/sessions/${first.id}`)).status, 200)
  assert.ok(server.alive)

  rmSync(filler)
  const again = await owner.makeSession('With room')
  assert.equal(again.status, 201, await again.clone().text())
  kept.set((await again.json()).id, 'With room')
  await server.kill('SIGKILL')
  await server.run()
  const found = await owner.sessions()
  for (const [id, title] of kept) assert.equal(found.get(id), title)
}

async function onSmallDisk(t: TestContext, size: number, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryDirectory('disk')
  if (!smallDisk(folder, size)) {
    rmSync(folder, { recursive: true })
    t.skip('this user may not mount a small file system')
    return
  }
  try {
    await use(folder)
  } finally {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a full disk: clear errors, reading goes on, and with room again so does writing', (t) =>
  onSmallDisk(t, 24, async (folder) => {
    const server = await Server.start(binary, join(folder, 'data'), ['--rate-limit', '0'])
    try {
      await surviveFullDisk(folder, 24, server)
    } finally {
      await server.close()
    }
  }))

test("PostgreSQL's disk is full: the same", (t) =>
  onSmallDisk(t, 160, async (folder) => {
    const postgresql = new OwnPostgresql(join(folder, 'services'))
    let server: Server | undefined
    try {
      server = await Server.start(binary, undefined, ['--rate-limit', '0', '--database', postgresql.url])
      await surviveFullDisk(folder, 160, server, () => postgresql.beginLogFile())
    } finally {
      await server?.close()
      postgresql.stop()
    }
  }))
