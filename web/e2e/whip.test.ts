// WHIP and WHEP with plain browsers: RTCPeerConnection and fetch in a page, no client library, in a room with
// mediasoup-client's people.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Person } from './browser.ts'
import { Meeting, openForeignPage } from './foreign.ts'
import { until } from './until.ts'

type Stats = { rooms: number; peers: number }
type Received = { kind: string; count: number }[]

const meeting = await Meeting.open()
const { server, script } = meeting
const [ana, ben] = meeting.people as [Person, Person]

after(() => meeting.close())

// ---- what a page does, as any WHIP or WHEP page would

async function negotiate(person: Person, way: 'whip' | 'whep', endpoint: string): Promise<void> {
  await person.page.evaluate(
    async ([name, url]) => {
      const held: { connection: RTCPeerConnection } = (window as any)[name]
      const { connection } = held
      await connection.setLocalDescription()
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp' },
        body: connection.localDescription!.sdp,
      })
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      Object.assign(held, { resource: new URL(answer.headers.get('Location')!, url).href, tag: answer.headers.get('ETag') })
      await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
    },
    [way, endpoint] as const,
  )
}

async function publish(person: Person, room: string, { codec = '', layers = 0 } = {}): Promise<void> {
  await person.page.evaluate(
    async ([wanted, count]) => {
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } })
      const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
      connection.addTransceiver(media.getAudioTracks()[0]!, { direction: 'sendonly' })
      const rids = ['q', 'h', 'f'].slice(3 - count)
      const sendEncodings = rids.map((rid, i) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - i) }))
      const video = connection.addTransceiver(media.getVideoTracks()[0]!, { direction: 'sendonly', sendEncodings })
      if (wanted) {
        const codecs = RTCRtpSender.getCapabilities('video')!.codecs
        video.setCodecPreferences(codecs.filter((one) => one.mimeType === wanted || one.mimeType === 'video/rtx'))
      }
      Object.assign(window, { whip: { connection } })
    },
    [codec, layers] as const,
  )
  await negotiate(person, 'whip', `${server.url}/api/v1/sessions/${room}/whip?name=Encoder`)
}

async function watch(person: Person, room: string): Promise<void> {
  await person.page.evaluate(() => {
    const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
    connection.addTransceiver('audio', { direction: 'recvonly' })
    connection.addTransceiver('video', { direction: 'recvonly' })
    const tracks: MediaStreamTrack[] = []
    connection.ontrack = ({ track }) => {
      tracks.push(track)
      const element = document.createElement(track.kind as 'audio' | 'video')
      Object.assign(element, { srcObject: new MediaStream([track]), autoplay: true, muted: track.kind === 'video' })
      document.body.append(element)
    }
    Object.assign(window, { whep: { connection, tracks } })
  })
  await negotiate(person, 'whep', `${server.url}/api/v1/sessions/${room}/whep`)
}

// What the page's player has decoded, and of which streams.
const played = (person: Person) =>
  person.page.evaluate(async () => {
    const now = { frames: 0, energy: 0, picture: 0, sound: 0 }
    for (const one of (await (window as any).whep.connection.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue
      if (one.kind === 'video') Object.assign(now, { frames: one.framesDecoded, picture: one.ssrc })
      if (one.kind === 'audio') Object.assign(now, { energy: one.totalAudioEnergy, sound: one.ssrc })
    }
    return now
  })

async function join(person: Person, room: string, sends = false): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId, publishes]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      ;(window as any).call = call
      await call.join(callId, userId)
      if (publishes) await call.publish(false)
    },
    [server.url, room, person.name, sends] as const,
  )
}

const received = (person: Person): Promise<Received> => person.page.evaluate(() => (window as any).call.received())
const flows = (all: Received) => all.length === 2 && all.every((one) => one.count > (one.kind === 'video' ? 10 : 24_000))
const stats = async () => (await (await fetch(`${server.url}/stats`)).json()) as Stats
const empty = () => until(stats, (now) => now.rooms === 0 && now.peers === 0)

for (const [codec, layers] of [
  ['video/VP8', 0],
  ['video/H264', 0],
  ['video/VP8', 3],
] as const)
  test(`a browser publishes by WHIP (${codec}${layers ? `, ${layers} layers` : ''}), mediasoup-client watches`, async () => {
    const room = `whip-${codec.slice(6)}-${layers}`
    await join(ben, room)
    await openForeignPage(ana, script)
    await publish(ana, room, { codec, layers })
    await until(() => received(ben), flows)
    const told: string[] = await ben.page.evaluate(() => (window as any).call.told)
    assert.deepEqual(told, ['peerJoined', 'newProducer', 'newProducer'])

    const ended = await ana.page.evaluate(async () => (await fetch((window as any).whip.resource, { method: 'DELETE' })).status)
    assert.equal(ended, 200)
    await ben.page.waitForFunction(() => (window as any).call.told.includes('peerLeft'))
    await ben.page.evaluate(() => (window as any).call.leave())
    await empty()
  })

test('a browser watches by WHEP, and goes on when the publisher is another', async () => {
  await openForeignPage(ben, script)
  await watch(ben, 'whep')
  await join(ana, 'whep', true)
  const first = await until(() => played(ben), (now) => now.frames > 10 && now.energy > 0)
  await ana.page.evaluate(() => (window as any).call.leave())
  await until(stats, (now) => now.peers === 1)
  const between = await played(ben)

  await openForeignPage(ana, script)
  await publish(ana, 'whep')
  const second = await until(() => played(ben), (now) => now.frames > between.frames + 15 && now.energy > between.energy)
  assert.deepEqual([second.picture, second.sound], [first.picture, first.sound], 'the same two streams as before')
  for (const [person, name] of [
    [ana, 'whip'],
    [ben, 'whep'],
  ] as const)
    await person.page.evaluate((which) => fetch((window as any)[which].resource, { method: 'DELETE' }), name)
  await empty()
})

test('ICE is restarted, candidates are trickled, and a closed connection leaves nothing behind', async () => {
  await join(ben, 'whip-ice')
  await openForeignPage(ana, script)
  await publish(ana, 'whip-ice')
  await until(() => received(ben), flows)
  const statuses = await ana.page.evaluate(async () => {
    const { connection, resource, tag } = (window as any).whip as { connection: RTCPeerConnection; resource: string; tag: string }
    const patch = (match: string | undefined, body: string) =>
      fetch(resource, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', ...(match ? { 'If-Match': match } : {}) },
        body,
      })
    const line = (sdp: string, name: string) => new RegExp(`a=${name}:.*`).exec(sdp)![0]
    const fragment = (sdp: string) => `${line(sdp, 'ice-ufrag')}\r\n${line(sdp, 'ice-pwd')}\r\n`
    const trickled = await patch(tag, fragment(connection.localDescription!.sdp))
    const unnamed = await patch(undefined, fragment(connection.localDescription!.sdp))
    const stale = await patch('"another"', fragment(connection.localDescription!.sdp))

    const before = connection.remoteDescription!.sdp
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }))
    const restarted = await patch('*', fragment(connection.localDescription!.sdp))
    const given = await restarted.text()
    const sdp = before
      .replaceAll(/a=ice-ufrag:.*/g, line(given, 'ice-ufrag').trim())
      .replaceAll(/a=ice-pwd:.*/g, line(given, 'ice-pwd').trim())
    await connection.setRemoteDescription({ type: 'answer', sdp })
    const late = await patch(tag, fragment(connection.localDescription!.sdp))
    return [trickled, unnamed, stale, restarted, late].map((one) => one.status)
  })
  assert.deepEqual(statuses, [204, 428, 412, 200, 412])
  const before = await received(ben)
  await until(() => received(ben), (now) => now.every((one, i) => one.count > before[i]!.count * 1.2))
  await ana.page.waitForFunction(() => (window as any).whip.connection.iceConnectionState === 'connected')

  await ana.page.evaluate(() => (window as any).whip.connection.close())
  await ben.page.waitForFunction(() => (window as any).call.told.includes('peerLeft'))
  await ben.page.evaluate(() => (window as any).call.leave())
  await empty()
})
