// Every way through a network, with unmodified mediasoup-client in real Chromium: UDP, TCP where no UDP gets through, a change
// from one to the other, a real coturn in between, and two browsers that speak to each other directly or fall back.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { Person } from './browser.ts'
import { foreignClient, openForeignPage } from './foreign.ts'
import type { Ways } from './protocol_client.ts'
import { Server } from './server.ts'
import { fixtures } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'
import { Turn } from './turn.ts'
import { UdpHop } from './udp_hop.ts'
import { until } from './until.ts'

type Paths = { type: string; protocol: string }[]
type Received = { kind: string; count: number }[]

// Host candidates by address: names of mDNS need multicast, which a machine of tests may not carry.
const byAddress = '--disable-features=WebRtcHideLocalIpsWithMdns'
const noUdp = '--webrtc-ip-handling-policy=disable_non_proxied_udp'
const patience = 20_000

let server: Server
let relaying: Server // tells its clients of a TURN server
let turn: Turn
let script: string
let room = 0
const people: Person[] = []

before(async () => {
  script = await foreignClient('ways_client.ts')
  turn = await Turn.start('known to both')
  const options = ['--open-rooms', '--cors-origin', '*', '--shards', '1']
  const relays = ['--announced-ip', '127.0.0.1', '--turn-url', `${turn.url}?transport=udp`, '--turn-url', `${turn.url}?transport=tcp`, '--turn-secret', turn.secret]
  server = await Server.start(binary, undefined, options)
  relaying = await Server.start(binary, undefined, [...options, ...relays])
})

afterEach(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()))
})

after(async () => {
  await server?.close()
  await relaying?.close()
  await turn?.close()
})

async function open(name: string, flags: string[] = []): Promise<Person> {
  const person = await Person.open(name, fixtures(fixtureFolder, 60)[people.length], flags)
  people.push(person)
  await openForeignPage(person, script)
  return person
}

async function joins(person: Person, ways: Ways, where = server): Promise<void> {
  await person.page.evaluate(
    async ([url, callId, userId, limits]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'], limits)
      ;(window as any).call = call
      await call.join(callId, userId)
      await call.publish(false)
    },
    [where.url, `room-${room}`, person.name, ways] as const,
  )
}

const within = <T>(look: () => Promise<T>, right: (seen: T) => boolean) => until(look, right, patience / 1000)

const received = (person: Person): Promise<Received> => person.page.evaluate(() => (window as any).call.received())
const paths = (person: Person): Promise<Paths> => person.page.evaluate(() => (window as any).call.paths())
const plays = (counts: Received) => counts.length === 2 && counts.every((one) => one.count > (one.kind === 'video' ? 10 : 24_000))

// More pictures than there were.
async function goesOn(person: Person): Promise<void> {
  const pictures = async () => (await received(person)).find((one) => one.kind === 'video')!.count
  const before = await pictures()
  await within(pictures, (now) => now > before + 10)
}

async function tcpConnections(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^greenroom_media_tcp_connections (\d+)/m.exec(metrics)![1])
}

test('where no UDP gets through, media goes over TCP, beside others on UDP', async () => {
  room += 1
  const ana = await open('Ana')
  const ben = await open('Ben', [noUdp])
  await joins(ana, { candidates: [{ protocol: 'udp' }] })
  await joins(ben, {})
  await within(() => received(ana), plays)
  await within(() => received(ben), plays)
  assert.deepEqual(new Set((await paths(ana)).map((path) => path.protocol)), new Set(['udp']))
  assert.deepEqual(new Set((await paths(ben)).map((path) => path.protocol)), new Set(['tcp']))
})

test('a client that is told of TCP alone needs nothing else', async () => {
  room += 1
  const ana = await open('Ana')
  const ben = await open('Ben')
  for (const person of [ana, ben]) await joins(person, { candidates: [{ protocol: 'tcp' }] })
  for (const person of [ana, ben]) {
    await within(() => received(person), plays)
    for (const path of await paths(person)) assert.equal(path.protocol, 'tcp')
  }
  assert.ok((await tcpConnections()) >= 4)
  for (const person of [ana, ben]) await person.page.goto('about:blank')
  await within(tcpConnections, (now) => now === 0)
})

test('when the network changes, an ICE restart takes the call from UDP to TCP', async () => {
  room += 1
  const hop = await UdpHop.open(() => server.mediaPort)
  const ana = await open('Ana')
  const ben = await open('Ben')
  await joins(ana, {})
  await joins(ben, { candidates: [{ protocol: 'udp', ip: '127.0.0.1', port: hop.port }, { protocol: 'tcp' }] })
  await within(() => received(ana), plays)
  await within(() => received(ben), plays)
  assert.ok((await paths(ben)).every((path) => path.protocol === 'udp') && hop.passed > 0, 'UDP is preferred')
  hop.close()
  await ben.page.evaluate(() => (window as any).call.restartIce())
  await within(
    () => paths(ben),
    (now) => now.length === 2 && now.every((path) => path.protocol === 'tcp'),
  )
  await goesOn(ben)
  await goesOn(ana)
})

for (const protocol of ['udp', 'tcp'])
  test(`a TURN server relays for who may use nothing else, reached over ${protocol}`, async () => {
    room += 1
    const ana = await open('Ana')
    const ben = await open('Ben', protocol === 'tcp' ? [noUdp] : [])
    await joins(ana, {}, relaying)
    await joins(ben, { iceTransportPolicy: 'relay', candidates: [{ protocol: 'udp' }] }, relaying)
    await within(() => received(ana), plays)
    await within(() => received(ben), plays)
    const ways = await paths(ben)
    assert.ok(ways.length === 2 && ways.every((path) => path.type === 'relay'), JSON.stringify(ways))
    assert.match(turn.log, /ALLOCATE processed, success/)
  })

async function pair(flags: string[], patienceMs: number): Promise<Person[]> {
  room += 1
  const duo = [await open('Ana', [byAddress]), await open('Ben', [byAddress, ...flags])]
  for (const person of duo)
    await person.page.evaluate(
      async ([url, callId, userId, patient]) => {
        const mine = new (window as any).foreign.Duo(url, patient)
        ;(window as any).duo = mine
        ;(window as any).call = mine.call
        await mine.join(callId, userId)
      },
      [server.url, `room-${room}`, person.name, patienceMs] as const,
    )
  return duo
}

const state = (person: Person) => person.page.evaluate(() => ({ mode: (window as any).duo.mode, state: (window as any).duo.state, fallback: (window as any).duo.fallback }))

test('two people speak to each other directly, and a third brings everybody to the server', async () => {
  const duo = await pair([], patience)
  for (const person of duo) {
    const now = async () => ({ ...(await state(person)), counts: await person.page.evaluate((): Promise<number[]> => (window as any).duo.received()) })
    const { counts, ...rest } = await within(now, ({ counts }) => counts.length === 2 && counts.every((count) => count > 10))
    assert.deepEqual(rest, { mode: 'direct', state: 'connected', fallback: '' })
  }
  // Those of the tests before keep their seats for a moment.
  const carried = async () => (await (await fetch(`${server.url}/stats`)).json()) as { peers: number; producers: number }
  await within(carried, (now) => now.peers === 2 && now.producers === 0)

  const cora = await open('Cora')
  await joins(cora, {})
  for (const person of duo) await within(() => received(person), (now) => now.length === 4 && now.every((one) => one.count > 0))
  await within(() => received(cora), (now) => now.length === 4 && now.every((one) => one.count > 0))
})

test('where no direct path exists, both fall back to the server', async () => {
  const duo = await pair([noUdp], 3_000)
  for (const person of duo) {
    const now = await within(
      async () => ({ ...(await state(person)), counts: await received(person), problems: person.problems }),
      ({ counts }) => plays(counts),
    )
    assert.equal(now.mode, 'direct')
    assert.equal(now.state, 'over')
    assert.ok(now.fallback)
  }
  assert.deepEqual(new Set((await paths(duo[1]!)).map((path) => path.protocol)), new Set(['tcp']))
})
