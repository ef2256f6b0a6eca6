// WHIP and WHEP with stacks that are no browsers: GStreamer's webrtcbin (tests/interop/whip_gstreamer.py) and werift.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift'
import { Person } from './browser.ts'
import { Meeting, openForeignPage } from './foreign.ts'
import { Server, temporaryDirectory } from './server.ts'
import { binary } from './suite.ts'
import { until } from './until.ts'

const driver = join(dirname(fileURLToPath(import.meta.url)), '../../tests/interop/whip_gstreamer.py')

type Received = { kind: string; count: number }[]

const meeting = await Meeting.open()
const { server, script } = meeting
const [ana, ben] = meeting.people as [Person, Person]

after(() => meeting.close())

const endpoint = (room: string, way: 'whip' | 'whep') => `${server.url}/api/v1/sessions/${room}/${way}`

async function enter(person: Person, room: string, sends = false, at = server): Promise<void> {
  await openForeignPage(person, script)
  await person.page.evaluate(
    async ([url, callId, userId, publishes]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      ;(window as any).call = call
      await call.join(callId, userId)
      if (publishes) await call.publish(false)
    },
    [at.url, room, person.name, sends] as const,
  )
}

async function receives(person: Person): Promise<void> {
  const flows = (all: Received) => all.length === 2 && all.every((one) => one.count > (one.kind === 'video' ? 10 : 24_000))
  await until(() => person.page.evaluate(() => (window as any).call.received()), flows, 20, `${person.name} receives`)
}

const leave = (person: Person) => person.page.evaluate(() => (window as any).call.leave())

const stats = async () => (await (await fetch(`${server.url}/stats`)).json()) as { rooms: number; peers: number }
const empty = () => until(stats, (now) => now.rooms === 0 && now.peers === 0, 10, 'left behind')

// ---- GStreamer

class GStreamer {
  private said = ''
  private readonly child: ChildProcess

  constructor(args: string[]) {
    this.child = spawn('/usr/bin/python3', [driver, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (text) => (this.said += text))
  }

  stop(): void {
    this.child.stdin?.end()
  }

  // What it said, when it has ended well.
  async end(seconds = 30): Promise<string> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000)
    const [code] = this.child.exitCode === null ? await once(this.child, 'exit') : [this.child.exitCode]
    clearTimeout(timer)
    assert.equal(code, 0, this.said)
    return this.said
  }
}

for (const codec of ['vp8', 'h264'])
  test(`GStreamer publishes ${codec} by WHIP, mediasoup-client decodes it`, async () => {
    const room = `gstreamer-${codec}`
    await enter(ben, room)
    const publisher = new GStreamer(['publish', endpoint(room, 'whip'), '--codec', codec])
    try {
      await receives(ben)
    } finally {
      publisher.stop()
    }
    assert.match(await publisher.end(), /"event": "ended", "status": 200/)
    await ben.page.waitForFunction(() => (window as any).call.told.includes('peerLeft'))
    await leave(ben)
    await empty()
  })

test('GStreamer watches a browser by WHEP and decodes it', async () => {
  await enter(ana, 'to-gstreamer', true)
  const watcher = new GStreamer(['watch', endpoint('to-gstreamer', 'whep'), '--frames', '30'])
  assert.match(await watcher.end(), /"event": "watched"/)
  await leave(ana)
  await empty()
})

test('GStreamer publishes at one node into a room of another', async () => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  await new Promise((resolve) => listener.close(resolve))
  const files = ['--save', '', '--appendonly', 'no', '--dir', '/tmp', '--logfile', '/dev/null']
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...files], { stdio: 'ignore' })
  const data = temporaryDirectory('whip-nodes')
  const options = ['--redis', `redis://127.0.0.1:${port}/0`, '--open-rooms', '--cors-origin', '*']
  const nodes: Server[] = []
  try {
    nodes.push(await Server.start(binary, data, options), await Server.start(binary, data, options))
    await enter(ben, 'elsewhere', false, nodes[1]!)
    const publisher = new GStreamer(['publish', `${nodes[0]!.url}/api/v1/sessions/elsewhere/whip`])
    await receives(ben).finally(() => publisher.stop())
    await publisher.end()
    await ben.page.waitForFunction(() => (window as any).call.told.includes('peerLeft'))
    await leave(ben)
  } finally {
    for (const node of nodes) await node.close({ keepData: node !== nodes[0] })
    redis.kill('SIGKILL')
  }
})

// ---- werift

// What GStreamer makes of a test picture and a tone, as RTP on two ports of this machine.
function startSource(audioPort: number, videoPort: number): ChildProcess {
  const to = (port: number) => `udpsink host=127.0.0.1 port=${port}`
  const pipeline =
    `audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay pt=96 ! ${to(audioPort)} ` +
    'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1 ! ' +
    `vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! rtpvp8pay pt=98 mtu=1100 ! ${to(videoPort)}`
  return spawn('gst-launch-1.0', ['-q', ...pipeline.split(' ')], { stdio: 'ignore' })
}

async function rtpInto(track: MediaStreamTrack): Promise<Socket> {
  const socket = createSocket('udp4').on('message', (packet) => track.writeRtp(packet))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

test('werift publishes by WHIP, mediasoup-client watches', async () => {
  await enter(ben, 'werift')
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', codecs: { audio: [useOPUS()], video: [useVP8()] } })
  const tracks = [new MediaStreamTrack({ kind: 'audio' }), new MediaStreamTrack({ kind: 'video' })] as const
  for (const track of tracks) connection.addTransceiver(track, { direction: 'sendonly' })
  await connection.setLocalDescription(await connection.createOffer())
  const offer = { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: connection.localDescription!.sdp }
  const answer = await fetch(endpoint('werift', 'whip'), offer)
  assert.equal(answer.status, 201, await answer.clone().text())
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() })

  const sockets = [await rtpInto(tracks[0]), await rtpInto(tracks[1])] as const
  const source = startSource(sockets[0].address().port, sockets[1].address().port)
  try {
    await receives(ben)
  } finally {
    source.kill()
    for (const socket of sockets) socket.close()
  }
  const session = new URL(answer.headers.get('Location')!, server.url)
  assert.equal((await fetch(session, { method: 'DELETE' })).status, 200)
  await Promise.all([connection.close(), leave(ben)])
  await empty()
})

test('werift watches a browser by WHEP', async () => {
  await enter(ana, 'to-werift', true)
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', codecs: { audio: [useOPUS()], video: [useVP8()] } })
  const packets = { audio: 0, video: 0 }
  for (const kind of ['audio', 'video'] as const)
    connection.addTransceiver(kind, { direction: 'recvonly' }).onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(() => {
        packets[kind] += 1
      })
    })
  await connection.setLocalDescription(await connection.createOffer())
  const offer = { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: connection.localDescription!.sdp }
  const answer = await fetch(endpoint('to-werift', 'whep'), offer)
  assert.equal(answer.status, 201, await answer.clone().text())
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
  await until(async () => packets, ({ audio, video }) => audio >= 50 && video >= 50)
  const session = new URL(answer.headers.get('Location')!, server.url)
  assert.equal((await fetch(session, { method: 'DELETE' })).status, 200)
  await Promise.all([connection.close(), leave(ana)])
  await empty()
})
