// HTTP/1.1 by hand, for what no client library would send: half a body, a wrong version, a request that hangs.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { Server } from './server.ts'
import { binary } from './suite.ts'

export type Fields = Record<string, string>

export interface Answer {
  status: number
  reason: string
  fields: Map<string, string> // names in lower case
  body: Buffer
}

// One connection: requests out, answers in, each as they come (1xx are answers of their own).
export class Raw {
  private received = Buffer.alloc(0)
  private ended = false
  private wake: () => void = () => {}
  private readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes])
      this.wake()
    })
    for (const end of ['close', 'error', 'end'] as const) {
      socket.on(end, () => {
        this.ended = true
        this.wake()
      })
    }
  }

  static async open(url: string): Promise<Raw> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Raw(socket)
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  // The head of a request; Content-Length is the caller's to say when the body comes later.
  head(method: string, path: string, fields: Fields): void {
    const lines = Object.entries({ Host: 'greenroom.test', ...fields }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.send(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  async answer(toHead = false): Promise<Answer> {
    let end = this.received.indexOf('\r\n\r\n')
    while (end < 0) {
      await this.more()
      end = this.received.indexOf('\r\n\r\n')
    }
    const [line = '', ...rest] = this.received.subarray(0, end).toString('latin1').split('\r\n')
    const fields = new Map(rest.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 2)]))
    const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d+) ?(.*)$/.exec(line) ?? []
    const length = toHead ? 0 : Number(fields.get('content-length') ?? 0)
    while (this.received.length < end + 4 + length) await this.more()
    const body = this.received.subarray(end + 4, end + 4 + length)
    this.received = this.received.subarray(end + 4 + length)
    return { status: Number(status), reason, fields, body }
  }

  // Without a word to the other side.
  close(): void {
    this.socket.destroy()
  }

  private async more(): Promise<void> {
    if (this.ended) throw new Error(`the server hung up: ${this.received.toString('latin1')}`)
    await new Promise<void>((resolve) => (this.wake = resolve))
  }
}

export async function ask(url: string, method: string, path: string, fields: Fields = {}, body: string | Uint8Array = ''): Promise<Answer> {
  const raw = await Raw.open(url)
  try {
    const length = Buffer.byteLength(body as string)
    raw.head(method, path, { ...(length > 0 || method === 'POST' ? { 'Content-Length': String(length) } : {}), Connection: 'close', ...fields })
    if (length > 0) raw.send(body)
    for (;;) {
      const answer = await raw.answer(method === 'HEAD' || fields['X-HTTP-Method-Override'] === 'HEAD')
      if (answer.status >= 200) return answer
    }
  } finally {
    raw.close()
  }
}

// A server with an owner, a session and somebody in it whose token may upload.
export interface Studio {
  server: Server
  token: string
  stranger: string
}

export async function startStudio(args: string[] = []): Promise<Studio> {
  const server = await Server.start(binary, undefined, ['--rate-limit', '0', ...args])
  const post = async (path: string, body: object, headers: Fields = {}) => {
    const answer = await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const owner = { token: server.setupToken, name: 'Owner', email: 'owner@example.org', password: 'correct horse battery staple' }
  const cookie = (await post('/api/v1/setup', owner)).headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
  const session = await (await post('/api/v1/sessions', { title: 'Uploads', kind: 'podcast' }, { cookie })).json()
  const join = async () => (await (await post(`/api/v1/sessions/${session.id}/join`, {}, { cookie })).json()).token as string
  const second = await (await post('/api/v1/sessions', { title: 'Others', kind: 'podcast' }, { cookie })).json()
  const token = await join()
  const stranger = (await (await post(`/api/v1/sessions/${second.id}/join`, {}, { cookie })).json()).token as string
  return { server, token, stranger }
}

// What the server keeps of an upload, by the layout that src/blob/disk_store.hpp documents.
export function stored(server: Server, path: string): Buffer {
  const name = `uploads/${path.slice(path.lastIndexOf('/') + 1)}`
  const hash = createHash('sha256').update(name).digest('hex')
  const file = join(server.data, 'blobs', hash.slice(0, 2), hash.slice(2, 4), name.replace('/', '~'))
  return readFileSync(existsSync(file) ? file : `${file}.part`)
}
