// Data channels with unmodified mediasoup-client in real Chromium: DataProducer to DataConsumer through the server, alone and beside
// media.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Person } from './browser.ts'
import type { Arrived } from './data_client.ts'
import { foreignClient, openForeignPage } from './foreign.ts'
import { Server } from './server.ts'
import { fixtures } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

let server: Server
let ana: Person
let ben: Person
let script: string

before(async () => {
  script = await foreignClient('data_client.ts')
  server = await Server.start(binary, undefined, ['--open-rooms', '--cors-origin', '*', '--announced-ip', '127.0.0.1'])
  const devices = fixtures(fixtureFolder, 60)
  ana = await Person.open('Ana', devices[0])
  ben = await Person.open('Ben', devices[1])
})

after(async () => {
  await ana?.close()
  await ben?.close()
  await server?.close()
})

async function enter(person: Person, room: string): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId]) => {
      const call = new (window as any).foreign.DataCall(url)
      ;(window as any).call = call
      await call.join(callId, userId)
    },
    [server.url, room, person.name] as const,
  )
}

// Calls a method of the page's client.
const does = <T>(person: Person, method: string, ...args: unknown[]): Promise<T> =>
  person.page.evaluate(([name, list]) => (window as any).call[name as string](...(list as unknown[])), [method, args] as const) as Promise<T>

async function arrived(person: Person, count: number): Promise<Arrived[]> {
  await person.page.waitForFunction((wanted) => (window as any).call.arrived.length >= wanted, count, { timeout: 20_000 })
  return person.page.evaluate(() => (window as any).call.arrived.splice(0))
}

test('strings, bytes, empty and large messages arrive as they were sent, in order', async () => {
  await enter(ana, 'data')
  await enter(ben, 'data')
  await does(ana, 'produceData', 'chat', { ordered: true })
  assert.equal(await does(ben, 'consumeAll'), 1)
  for (let i = 0; i < 20; i++) await does(ana, 'say', 'chat', `message ${i}`)
  assert.deepEqual(
    (await arrived(ben, 20)).map((one) => one.text),
    Array.from({ length: 20 }, (_, i) => `message ${i}`),
  )
  await does(ana, 'say', 'chat', '')
  await does(ana, 'sayBytes', 'chat', 0)
  for (const size of [1, 1200, 65_536, 200_000, 262_144]) await does(ana, 'sayBytes', 'chat', size)
  await does(ana, 'say', 'chat', 'ü'.repeat(100_000))
  const got = await arrived(ben, 8)
  assert.deepEqual(
    got.map((one) => [one.kind, one.size]),
    [['string', 0], ['binary', 0], ...[1, 1200, 65_536, 200_000, 262_144].map((size) => ['binary', size]), ['string', 200_000]],
  )
  for (const one of got.slice(2, 7)) assert.equal(one.sum, await does(ben, 'sumOfPattern', one.size))
})

test('unordered and unreliable channels beside media, both ways', async () => {
  await does(ana, 'produceData', 'moves', { ordered: false, maxRetransmits: 0 })
  await does(ben, 'produceData', 'short', { ordered: false, maxPacketLifeTime: 500 })
  assert.equal(await does(ben, 'consumeAll'), 2)
  assert.equal(await does(ana, 'consumeAll'), 1)
  await does(ana, 'publish', false)
  for (let i = 0; i < 50; i++) {
    await does(ana, 'say', 'moves', `${i}`)
    await does(ben, 'sayBytes', 'short', 3000)
  }
  const moves = await arrived(ben, 50)
  assert.deepEqual(moves.map((one) => Number(one.text)).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i))
  assert.ok((await arrived(ana, 50)).every((one) => one.kind === 'binary' && one.size === 3000))
})

test('a closed producer closes the consumers, and its stream may be used again', async () => {
  await does(ana, 'closeProducer', 'chat')
  await ben.page.waitForFunction(() => (window as any).call.states().chat === 'closed')
  const notices: { event: string; data: any }[] = await ben.page.evaluate(() => (window as any).call.notices)
  const closed = notices.filter((one) => one.event === 'dataConsumerClosed')
  assert.equal(closed.length, 1)
  assert.equal(closed[0]!.data.reason, 'producer_closed')
  assert.equal(notices.filter((one) => one.event === 'dataProducerClosed').length, 1)
  for (let round = 0; round < 5; round++) {
    await does(ana, 'produceData', `again ${round}`)
    await does(ben, 'consumeAll')
    await does(ana, 'say', `again ${round}`, 'still here')
    assert.equal((await arrived(ben, 1))[0]!.text, 'still here')
    await does(ana, 'closeProducer', `again ${round}`)
    await ben.page.waitForFunction((label) => (window as any).call.states()[label] === 'closed', `again ${round}`)
  }
})

test('ten megabytes through a reliable channel, while media goes on', async () => {
  await does(ana, 'produceData', 'file')
  await does(ben, 'consumeAll')
  for (let i = 0; i < 50; i++) {
    await does(ana, 'sayBytes', 'file', 200_000)
    if (i % 5 === 4) assert.ok((await arrived(ben, 5)).every((one) => one.size === 200_000))
  }
})
