// The signaling protocol with unmodified mediasoup-client and socket.io-client in real Chromium, none of our own client code.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Person } from './browser.ts'
import { Meeting, openForeignPage } from './foreign.ts'
import { until } from './until.ts'

type Stats = { rooms: number; peers: number; workers: number }
type Received = { kind: string; count: number }[]

const meeting = await Meeting.open()
const { server, script } = meeting
const [ana, ben] = meeting.people as [Person, Person]

after(() => meeting.close())

async function join_(person: Person, room: string, transports: string[], simulcast: boolean): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId, ways, layers]) => {
      const call = new (window as any).foreign.Call(url, ways)
      ;(window as any).call = call
      await call.join(callId, userId)
      await call.publish(layers)
    },
    [server.url, room, person.name, transports, simulcast] as const,
  )
}

async function receives(person: Person, consumers: number): Promise<Received> {
  const flows = (all: Received) => all.length === consumers && all.every((one) => one.count > (one.kind === 'video' ? 10 : 24_000))
  return until(() => person.page.evaluate(() => (window as any).call.received()), flows, 15, `${person.name} receives`)
}

const stats = async () => (await (await fetch(`${server.url}/stats`)).json()) as Stats

for (const [transports, simulcast] of [
  [['websocket'], false],
  [['polling'], true],
  [['polling', 'websocket'], true],
] as const)
  test(`two foreign clients talk over ${transports.join(' then ')}${simulcast ? ', simulcast' : ''}`, async () => {
    await join_(ana, `room-${transports.join('-')}`, [...transports], simulcast)
    await join_(ben, `room-${transports.join('-')}`, [...transports], simulcast)
    await receives(ana, 2)
    await receives(ben, 2)
    await until(stats, (now) => now.rooms === 1 && now.peers === 2 && now.workers > 0, 10)
    const told: string[] = await ana.page.evaluate(() => (window as any).call.told)
    assert.deepEqual(told, ['peerJoined', 'newProducer', 'newProducer'])

    await ben.page.evaluate(() => (window as any).call.vanish())
    await until(stats, (now) => now.peers === 1, 10)
    await ana.page.waitForFunction(() => (window as any).call.told.includes('peerLeft'))
    await ana.page.evaluate(() => (window as any).call.leave())
    await until(stats, (now) => now.rooms === 0 && now.peers === 0, 10)
  })

type Picture = { width: number; codec: string; frames: number }

const shows = (person: Person, condition: (picture: Picture) => boolean): Promise<Picture> =>
  until(() => person.page.evaluate(() => (window as any).call.picture()), condition, 25, `${person.name} sees`)

async function meetsAs(person: Person, room: string, mimeType: string, mode: string | undefined): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId, type, scalability]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      ;(window as any).call = call
      await call.join(callId, userId)
      if (type) await call.publishAs(type, scalability)
    },
    [server.url, room, person.name, mimeType, mode] as const,
  )
}

// The width of the lowest spatial layer: of 640 pixels this browser makes two, whatever it was asked for.
for (const [mimeType, mode, lowest] of [
  ['video/H264', undefined, 640],
  ['video/VP9', 'L3T3_KEY', 320],
  ['video/AV1', 'L1T3', 640],
  ['video/AV1', 'L3T3', 320],
] as const)
  test(`${mimeType}${mode ? `, ${mode}` : ''}, with sound`, async () => {
    const room = `codec-${mimeType.slice(6)}-${mode}`
    await meetsAs(ana, room, mimeType, mode)
    await meetsAs(ben, room, '', undefined)
    await shows(ben, ({ codec, frames, width }) => codec === mimeType && frames > 30 && width === 640)
    await receives(ben, 2)
    if (lowest === 640) return
    await ben.page.evaluate(() => (window as any).call.prefer(0, 2))
    const { frames } = await shows(ben, ({ width }) => width === lowest)
    await shows(ben, (later) => later.width === lowest && later.frames > frames + 30)
    await ben.page.evaluate(() => (window as any).call.prefer(2, 2))
    await shows(ben, ({ width }) => width === 640)
  })
