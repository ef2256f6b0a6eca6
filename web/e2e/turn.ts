// A TURN server (coturn of Debian) of a test's own, on loopback, that knows no users but those with a credential of the secret.
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { temporaryDirectory } from './server.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export class Turn {
  log = ''
  private readonly child: ChildProcess
  private readonly folder: string
  readonly port: number
  readonly secret: string

  private constructor(folder: string, port: number, secret: string) {
    this.folder = folder
    this.port = port
    this.secret = secret
    this.child = spawn('turnserver', ['-c', join(folder, 'turnserver.conf')], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', (text) => (this.log += text))
  }

  static async start(secret: string): Promise<Turn> {
    const folder = temporaryDirectory('turn')
    const port = await freePort()
    const lines = [
      `listening-port=${port}`,
      'listening-ip=127.0.0.1',
      'relay-ip=127.0.0.1',
      'min-port=42000',
      'max-port=42999',
      'realm=greenroom.test',
      'use-auth-secret',
      `static-auth-secret=${secret}`,
      'allow-loopback-peers',
      'cli-password=unused',
      'no-cli',
      'no-tls',
      'no-dtls',
      'fingerprint',
      'verbose',
      'log-file=stdout',
      `pidfile=${join(folder, 'pid')}`,
      `userdb=${join(folder, 'users')}`,
    ]
    writeFileSync(join(folder, 'turnserver.conf'), lines.map((line) => `${line}\n`).join(''))
    const turn = new Turn(folder, port, secret)
    await turn.answers()
    return turn
  }

  get url(): string {
    return `turn:127.0.0.1:${this.port}`
  }

  // It listens when a STUN binding request (RFC 8489 §5) is answered.
  private async answers(): Promise<void> {
    const request = Buffer.alloc(20)
    request.writeUInt16BE(1, 0)
    request.writeUInt32BE(0x2112a442, 4)
    const socket = createSocket('udp4')
    const answered = once(socket, 'message')
    const asking = setInterval(() => socket.send(request, this.port, '127.0.0.1'), 50)
    const gone = once(this.child, 'exit').then(() => Promise.reject(new Error(`coturn ended:\n${this.log}`)))
    try {
      await Promise.race([answered, gone])
    } finally {
      clearInterval(asking)
      socket.close()
      gone.catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null) {
      const gone = once(this.child, 'exit')
      this.child.kill('SIGKILL')
      await gone
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
