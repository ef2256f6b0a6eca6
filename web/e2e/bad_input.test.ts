// A stranger throws everything at the server: each thing gets a clear answer, the process lives, others do not notice.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { io, type Socket } from 'socket.io-client'
import { wrongWith } from './document.ts'
import { Server } from './server.ts'
import { binary } from './suite.ts'

let server: Server
let cookie = ''
let token = ''
let takeId = ''
const email = 'owner@example.org'
const password = 'correct horse battery staple'

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(new URL(path, server.url), {
    method,
    headers: { ...(body !== undefined && typeof body !== 'string' ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const type = answer.headers.get('content-type') ?? ''
  const text = type.includes('json') ? await answer.clone().text() : ''
  assert.deepEqual(wrongWith(method, answer.url, answer.status, type, text), [])
  return answer
}

before(async () => {
  server = await Server.start(binary, undefined, ['--open-rooms'])
  const made = await call('POST', '/api/v1/setup', { token: server.setupToken, name: 'Owner', email, password })
  assert.equal(made.status, 201)
  cookie = made.headers.get('set-cookie')!.split(';')[0]!
  const session = await (await call('POST', '/api/v1/sessions', { title: 'Test', kind: 'podcast' }, { cookie })).json()
  const admission = await (await call('POST', `/api/v1/sessions/${session.id}/join`, {}, { cookie })).json()
  token = admission.token
  takeId = (await (await call('POST', `/api/v1/sessions/${session.id}/takes`, {}, { cookie })).json()).id
})

after(() => server.close())

async function problem(response: Response, status: number, type?: string): Promise<void> {
  assert.equal(response.status, status)
  assert.match(response.headers.get('content-type') ?? '', /application\/problem\+json/)
  const body = await response.json()
  assert.ok(body.title && body.requestId && body.status === status)
  if (type) assert.match(body.type, new RegExp(type))
}

const lives = async () => {
  assert.equal((await call('GET', '/health')).status, 200)
  assert.ok(server.alive)
}

test('malformed JSON, wrong types and missing fields name what is wrong', async () => {
  const json = { cookie, 'content-type': 'application/json' }
  await problem(await call('POST', '/api/v1/sessions', '{"title":', json), 400)
  await problem(await call('POST', '/api/v1/sessions', 'title=x', { cookie, 'content-type': 'text/plain' }), 415)
  const wrong = await call('POST', '/api/v1/sessions', { title: 7, kind: 'circus' }, { cookie })
  assert.ok(wrong.status === 400 || wrong.status === 422)
  const fields = (await wrong.json()).errors.map((error: { field: string }) => error.field)
  assert.deepEqual(fields.sort(), ['kind', 'title'])
  await problem(await call('GET', '/api/v1/sessions/not-an-id', undefined, { cookie }), 400)
  await problem(await call('GET', '/api/v1/sessions/0190163d-8694-739b-aea5-966c26f8ad91', undefined, { cookie }), 404)
  await problem(await call('GET', '/api/v1/sessions'), 401)
  await problem(await call('PUT', '/api/v1/sessions', {}, { cookie }), 405)
  await lives()
})

test('an oversized body is refused', async () => {
  const huge = JSON.stringify({ title: 'x'.repeat(4 << 20), kind: 'podcast' })
  const response = await call('POST', '/api/v1/sessions', huge, { cookie, 'content-type': 'application/json' }).catch(() => undefined)
  assert.ok(response === undefined || response.status === 413)
  await lives()
})

test('garbage in place of HTTP is answered and cut', async () => {
  for (const garbage of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'GET\r\n\r\n', 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n']) {
    const closed = new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(garbage, 'latin1'))
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
      socket.resume()
    })
    await closed
  }
  await lives()
})

test('garbage UDP is dropped', async () => {
  const udp = createSocket('udp4')
  const send = (bytes: Uint8Array, port: number) => new Promise((resolve) => udp.send(bytes, port, '127.0.0.1', resolve))
  const transport = await withSocket(async (socket) => {
    await ask(socket, 'createRoom', { callId: 'udp' })
    await ask(socket, 'joinRoom', { callId: 'udp', userId: 'x', rtpCapabilities: { codecs: [], headerExtensions: [] } })
    return ask(socket, 'createTransport', { direction: 'send' })
  })
  const port = transport.iceCandidates[0].port
  for (let i = 0; i < 500; i++) {
    const bytes = crypto.getRandomValues(new Uint8Array(1 + ((i * 37) % 1400)))
    bytes[0] = [0, 1, 20, 22, 63, 128, 144, 200, 255][i % 9]!
    await send(bytes, port)
  }
  udp.close()
  await lives()
})

async function withSocket<T>(use: (socket: Socket) => Promise<T>, auth: Record<string, string> = {}): Promise<T> {
  const socket = io(server.url, { auth, transports: ['websocket'], forceNew: true, reconnection: false })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', () => resolve())
      socket.on('connect_error', reject)
    })
    return await use(socket)
  } finally {
    socket.disconnect()
  }
}

const ask = (socket: Socket, event: string, ...args: unknown[]) => socket.timeout(5000).emitWithAck(event, ...args)

test('events in the wrong order, malformed or unknown are answered with an error', () =>
  withSocket(async (socket) => {
    const wrong: [string, unknown][] = [
      ['createTransport', { direction: 'send' }],
      ['produce', {}],
      ['consume', { producerId: 'x' }],
      ['resumeConsumer', { consumerId: 'nobody' }],
      ['joinRoom', { callId: 7 }],
      ['joinRoom', 'not an object'],
      ['createRoom', { callId: '' }],
      ['no such event', {}],
    ]
    for (const [event, payload] of wrong) {
      const answer = await ask(socket, event, payload)
      assert.equal(typeof answer.error, 'string', `${event}: ${JSON.stringify(answer)}`)
    }
    socket.emit('joinRoom', { callId: 'no acknowledgement' })
    const room = await ask(socket, 'createRoom', { callId: 'still works' })
    assert.ok(room.rtpCapabilities.codecs.length > 0)
    await lives()
  }))

test('a wrong token is refused at the door', async () => {
  await assert.rejects(withSocket(async () => undefined, { token: 'not.a.token' }))
})

test('wrong tus offsets, versions and types; a text file as video', async () => {
  const bearer = { authorization: `Bearer ${token}` }
  const stem = async (source: string, contentType: string) => {
    const ticket = await call('POST', `/api/v1/takes/${takeId}/stems`, { clientKey: crypto.randomUUID(), source, contentType, startedAtMs: Date.now(), sampleRate: 48000, channels: 1 }, bearer)
    assert.equal(ticket.status, 201)
    return (await ticket.json()).uploadUrl as string
  }
  const tus = { ...bearer, 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }
  const upload = await stem('camera', 'video/webm;codecs=vp8')
  await problem(await call('PATCH', upload, 'x', { ...tus, 'upload-offset': '5' }), 409)
  await problem(await call('PATCH', upload, 'x', { ...tus, 'upload-offset': 'five' }), 400)
  await problem(await call('PATCH', upload, 'x', { ...tus, 'tus-resumable': '0.2.0', 'upload-offset': '0' }), 412)
  await problem(await call('PATCH', upload, 'x', { ...tus, 'content-type': 'text/plain', 'upload-offset': '0' }), 415)
  const text = await call('PATCH', upload, 'This is a text file, and no video at all.', { ...tus, 'upload-offset': '0' })
  assert.ok(text.status === 415 || text.status === 422, String(text.status))
  assert.match((await text.json()).type, /upload|studio|stem/)
  const head = await call('HEAD', upload, undefined, tus)
  assert.equal(head.headers.get('upload-offset'), '0')
  await problem(await call('PATCH', '/api/v1/uploads/0190163d-8694-739b-aea5-966c26f8ad91', 'x', { ...tus, 'upload-offset': '0' }), 404)
  await lives()
})

test('signing in: a wrong password says no more than an unknown address', async () => {
  const wrong = await call('POST', '/api/v1/login', { email, password: 'wrong password' })
  const unknown = await call('POST', '/api/v1/login', { email: 'nobody@example.org', password: 'wrong password' })
  assert.equal(wrong.status, unknown.status)
  assert.equal((await wrong.json()).type, (await unknown.json()).type)
})
