// Two servers as one: two processes on one Redis, one database and one data folder, with unmodified mediasoup-client and
// socket.io-client in real Chromium, one browser at each.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { io, type Socket } from 'socket.io-client'
import { Person } from './browser.ts'
import { foreignClient, openForeignPage } from './foreign.ts'
import { Server, temporaryDirectory } from './server.ts'
import { fixtures } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'
import { until } from './until.ts'

class Redis {
  private child: ChildProcess | undefined
  private readonly port: number
  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<Redis> {
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const redis = new Redis((listener.address() as { port: number }).port)
    await new Promise((resolve) => listener.close(resolve))
    redis.run()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`
  }

  run(): void {
    const files = ['--save', '', '--appendonly', 'no', '--dir', '/tmp', '--logfile', '/dev/null']
    this.child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', ...files], { stdio: 'ignore' })
  }

  kill(): void {
    this.child?.kill('SIGKILL')
  }
}

type Answer = Record<string, any>
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

const data = temporaryDirectory('nodes')
const database = process.env.GREENROOM_TEST_POSTGRESQL
let redis: Redis
let first: Server
let second: Server
let ana: Person
let ben: Person
let script: string
const sockets: Socket[] = []
const enough = 4 // rooms of one server, more than any but the test about it opens

const node = () => {
  const options = ['--redis', redis.url, '--open-rooms', '--node-rooms', String(enough)]
  return Server.start(binary, data, database ? [...options, '--database', database] : options)
}

before(async () => {
  script = await foreignClient()
  redis = await Redis.start()
  first = await node()
  second = await node()
  const devices = fixtures(fixtureFolder, 60)
  ana = await Person.open('Ana', devices[0])
  ben = await Person.open('Ben', devices[1])
})

after(async () => {
  await ana?.close()
  await ben?.close()
  await second?.close({ keepData: true })
  await first?.close()
  redis?.kill()
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect()
})

// ---- a browser's person in a room

async function enter(person: Person, server: Server, room: string): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      ;(window as any).call = call
      await call.join(callId, userId)
      await call.publish(false)
    },
    [server.url, room, person.name] as const,
  )
}

const receives = (person: Person) =>
  until(
    () => person.page.evaluate(() => (window as any).call.received() as Promise<{ kind: string; count: number }[]>),
    (received) => received.length === 2 && received.every((one) => one.count > (one.kind === 'video' ? 10 : 24_000)),
  )
const told = (person: Person): Promise<string[]> => person.page.evaluate(() => (window as any).call.told)
const stats = async (server: Server) => (await (await fetch(`${server.url}/stats`)).json()) as { rooms: number; peers: number }
const sum = async () => {
  const [one, two] = [await stats(first), await stats(second)]
  return { rooms: one.rooms + two.rooms, peers: one.peers + two.peers }
}

// ---- a client without a browser

async function connect(server: Server, options = {}): Promise<Socket> {
  const socket = io(server.url, { transports: ['websocket'], forceNew: true, ...options })
  sockets.push(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}
const ask = (socket: Socket, event: string, request = {}): Promise<Answer> => socket.timeout(10_000).emitWithAck(event, request)
const join = async (socket: Socket, callId: string, userId: string) => {
  const created = await ask(socket, 'createRoom', { callId })
  return created.error ? created : ask(socket, 'joinRoom', { callId, userId, rtpCapabilities: { codecs: [] } })
}

// ---- REST

async function rest(server: Server, method: string, path: string, cookie = '', body?: object): Promise<Response> {
  const headers: Record<string, string> = { Origin: server.url }
  if (cookie) headers.Cookie = cookie
  if (body) headers['Content-Type'] = 'application/json'
  return fetch(`${server.url}/api/v1${path}`, { method, headers, body: body ? JSON.stringify(body) : undefined })
}

let owner = ''
async function signedIn(): Promise<string> {
  if (owner) return owner
  const account = { token: second.setupToken, name: 'Ada', email: 'ada@example.org', password: 'correct horse' }
  const made = await rest(first, 'POST', '/setup', '', account)
  assert.equal(made.status, 201, await made.clone().text())
  owner = made.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
  return owner
}

async function newSession(): Promise<Answer> {
  const made = await rest(first, 'POST', '/sessions', await signedIn(), { title: 'Two servers', kind: 'podcast' })
  assert.equal(made.status, 201, await made.clone().text())
  return (await made.json()) as Answer
}

test('people at two servers are in one room and receive one another', async () => {
  await enter(ana, first, 'one-room')
  await enter(ben, second, 'one-room')
  await receives(ana)
  await receives(ben)
  assert.deepEqual(await told(ana), ['peerJoined', 'newProducer', 'newProducer'])
  assert.deepEqual(await sum(), { rooms: 1, peers: 2 })
  assert.equal((await stats(second)).rooms, 0, 'the room is where it was opened')

  await ben.page.evaluate(() => (window as any).call.vanish())
  await until(() => told(ana), (events) => events.includes('peerLeft'))
  await ana.page.evaluate(() => (window as any).call.leave())
  await until(sum, (now) => now.rooms === 0 && now.peers === 0)
})

test('a server that has enough rooms leaves new ones to the other', async () => {
  for (let i = 0; i < enough; i++) assert.ok((await join(await connect(first), `full-${i}`, 'Ada')).peerId)
  assert.equal((await stats(first)).rooms, enough)
  await enter(ana, first, 'one-more')
  await enter(ben, second, 'one-more')
  await receives(ana)
  await receives(ben)
  assert.equal((await stats(first)).rooms, enough)
  assert.deepEqual(await stats(second).then(({ rooms, peers }) => ({ rooms, peers })), { rooms: 1, peers: 2 })
  for (const person of [ana, ben]) await person.page.evaluate(() => (window as any).call.leave())
  for (const socket of sockets.splice(0)) socket.disconnect()
  await until(sum, (now) => now.rooms === 0 && now.peers === 0)
})

test('a login of one server is good at the other, and session events reach its clients', async () => {
  const cookie = await signedIn()
  const me = await rest(second, 'GET', '/me', cookie)
  assert.equal(me.status, 200, await me.clone().text())
  const session = await newSession()

  const follower = await connect(second, { extraHeaders: { Cookie: cookie } })
  assert.deepEqual(await ask(follower, 'subscribe', { sessionId: session.id }), { subscribed: true })
  const changed = new Promise<Answer>((resolve) => follower.once('sessionChanged', resolve))
  const started = new Promise<Answer>((resolve) => follower.once('takeStarted', resolve))

  const admission = (await (await rest(second, 'POST', `/sessions/${session.id}/join`, cookie, {})).json()) as Answer
  const host = await connect(first, { auth: { token: admission.token } })
  assert.ok((await join(host, session.id, 'Ada')).peerId)
  assert.equal((await changed).state, 'live')
  const take = await rest(second, 'POST', `/sessions/${session.id}/takes`, cookie)
  assert.equal(take.status, 201, await take.clone().text())
  assert.equal((await started).take.state, 'recording')
})

test('Redis gone for 10 s: new things are refused with 503, old ones go on, and all is well again without a restart', async () => {
  const cookie = await signedIn()
  const session = await newSession()
  const [near, far] = [await connect(first), await connect(second)]
  assert.ok((await join(near, 'through-it-all', 'near')).peerId)
  assert.ok((await join(far, 'through-it-all', 'far')).peerId)

  redis.kill()
  await pause(10)
  const take = await rest(second, 'POST', `/sessions/${session.id}/takes`, cookie)
  assert.equal(take.status, 503)
  assert.ok(Number(take.headers.get('Retry-After')) > 0)
  assert.equal(((await take.json()) as Answer).type, '/problems/bus.unavailable')
  const ready = await fetch(`${first.url}/ready`)
  assert.equal(ready.status, 503)
  assert.equal((await rest(second, 'GET', '/me', cookie)).status, 200, 'what needs no other server goes on')
  assert.ok((await ask(near, 'getProducers')).producers, 'the room goes on at its own server')
  assert.equal((await ask(far, 'getProducers')).code, 'bus.unavailable')
  const newcomer = await connect(second)
  assert.equal((await join(newcomer, 'another', 'new')).code, 'bus.unavailable')
  const missed = new Promise((resolve) => far.once('missedEvents', resolve))

  redis.run()
  await missed
  await until(() => ask(far, 'getProducers'), (answer) => Boolean(answer.producers))
  await until(() => join(newcomer, 'another', 'new'), (answer) => Boolean(answer.peerId))
  await until(async () => (await fetch(`${first.url}/ready`)).status, (status) => status === 200)
  assert.equal((await stats(first)).peers, 2, 'nobody was given up')
  assert.equal((await rest(second, 'POST', `/sessions/${session.id}/takes`, cookie)).status, 201)
})

test('a server that is killed: its rooms are free, its people absent, and everyone meets again at the other', async () => {
  const cookie = await signedIn()
  const session = await newSession()
  const admission = (await (await rest(first, 'POST', `/sessions/${session.id}/join`, cookie, {})).json()) as Answer
  const host = await connect(first, { auth: { token: admission.token }, reconnection: false })
  assert.ok((await join(host, session.id, 'Ada')).peerId)
  await enter(ana, first, 'the-room')
  await enter(ben, second, 'the-room')
  await receives(ben)
  const far = await connect(second)
  assert.ok((await join(far, 'the-room', 'far')).peerId)
  const left = new Promise((resolve) => far.once('leftRoom', resolve))

  await first.kill('SIGKILL')
  await left
  await enter(ben, second, 'the-room')
  await enter(ana, second, 'the-room')
  await receives(ana)
  await receives(ben)
  assert.equal((await stats(second)).peers, 2)
  const detail = async () => (await (await rest(second, 'GET', `/sessions/${session.id}`, cookie)).json()) as Answer
  const seen = await until(detail, (now) => now.participants.every((one: Answer) => one.leftAt))
  assert.equal(seen.participants.length, 1)

  await first.run()
  const again = await connect(first, { auth: { token: admission.token } })
  assert.ok((await join(again, session.id, 'Ada')).peerId)
  await ana.page.evaluate(() => (window as any).call.leave())
  await ben.page.evaluate(() => (window as any).call.leave())
})
