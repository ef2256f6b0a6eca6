// A narrow way up to the server, in user space, shared by what a browser really shares it with: the datagrams of a call and
// the TCP connections of its uploads stand in one queue that overflows. Down everything passes as it comes.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { UdpClients } from './udp_hop.ts'

const segment = 1400 // bytes
const headers = { udp: 28, tcp: 40 } // that also take their time on the line
const tick = 2 // ms
const delay = 10 // ms, each way up, beside the queue

export type Counts = { datagrams: number; dropped: number; datagramBytes: number; streamBytes: number }

type Waiting = { bytes: number; pass: () => void }

// One queue in front of a line of so many bits per second.
class Line {
  queued = 0
  bitsPerSecond: number
  private readonly capacity: number
  private readonly waiting: Waiting[] = []
  private readonly timer: ReturnType<typeof setInterval>
  private budget = 0
  private at = performance.now()

  constructor(bitsPerSecond: number, queueMs: number) {
    this.bitsPerSecond = bitsPerSecond
    this.capacity = (bitsPerSecond / 8) * (queueMs / 1000)
    this.timer = setInterval(() => this.drain(), tick)
  }

  // False: the queue is full and this is lost.
  take(bytes: number, pass: () => void): boolean {
    if (this.queued + bytes > this.capacity) return false
    this.queued += bytes
    this.waiting.push({ bytes, pass })
    return true
  }

  close(): void {
    clearInterval(this.timer)
  }

  private drain(): void {
    const now = performance.now()
    const rate = this.bitsPerSecond / 8 / 1000
    // A machine that was busy elsewhere for a moment does not turn the line into a faster one.
    this.budget = Math.min(this.budget + rate * (now - this.at), rate * 20)
    this.at = now
    while (this.waiting[0] && this.waiting[0].bytes <= this.budget) {
      const { bytes, pass } = this.waiting.shift()!
      this.budget -= bytes
      this.queued -= bytes
      setTimeout(pass, delay)
    }
    if (this.waiting.length === 0) this.budget = Math.min(this.budget, segment)
  }
}

// A connection as a sender with a congestion window would send it (RFC 5681 in outline): what overflows the queue is sent again
// and halves the window.
class Stream {
  private window = 10 * segment
  private threshold = Number.POSITIVE_INFINITY
  private flying = 0
  private cutAt = 0
  private held: Buffer | undefined // what overflowed the queue, until it is sent again
  private again: ReturnType<typeof setTimeout> | undefined
  private readonly from: Socket
  private readonly to: Socket
  private readonly line: Line
  private readonly passed: (bytes: number) => void

  constructor(from: Socket, to: Socket, line: Line, passed: (bytes: number) => void) {
    this.from = from
    this.to = to
    this.line = line
    this.passed = passed
    from.on('readable', () => this.send())
    from.on('end', () => this.endWhenSent())
  }

  private send(): void {
    while (!this.again && this.flying < this.window) {
      const piece = this.held ?? this.next()
      if (!piece) return
      this.held = undefined
      if (this.line.take(piece.length + headers.tcp, () => this.arrived(piece))) this.flying += piece.length
      else this.lost(piece)
    }
  }

  private next(): Buffer | null {
    return this.from.readableLength > 0 ? this.from.read(Math.min(segment, this.from.readableLength)) : null
  }

  private arrived(piece: Buffer): void {
    this.flying -= piece.length
    this.passed(piece.length)
    this.to.write(piece)
    this.window += this.window < this.threshold ? piece.length : (segment * piece.length) / this.window
    this.send()
    this.endWhenSent()
  }

  private lost(piece: Buffer): void {
    this.held = piece
    const now = performance.now()
    if (now - this.cutAt > 100) {
      this.cutAt = now
      this.threshold = this.window = Math.max(2 * segment, this.window / 2)
    }
    this.again = setTimeout(() => {
      this.again = undefined
      this.send()
    }, 20)
  }

  private endWhenSent(): void {
    if (this.from.readableEnded && this.flying === 0 && !this.held) this.to.end()
  }
}

export class NarrowUplink {
  readonly counts: Counts = { datagrams: 0, dropped: 0, datagramBytes: 0, streamBytes: 0 }
  private readonly line: Line
  private readonly clients: UdpClients
  private readonly sockets = new Set<Socket>()
  private readonly front: UdpSocket
  private readonly streams: Server
  private readonly mediaTarget: number

  private constructor(front: UdpSocket, httpTarget: number, mediaTarget: number, line: Line) {
    this.front = front
    this.line = line
    this.mediaTarget = mediaTarget
    this.clients = new UdpClients(front)
    front.on('message', (datagram, from) => this.datagram(datagram, from.address, from.port))
    this.streams = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.stream(socket, httpTarget))
  }

  static async open(targets: { http: number; media: number }, bitsPerSecond: number, queueMs: number): Promise<NarrowUplink> {
    const front = createSocket('udp4')
    front.bind(0, '127.0.0.1')
    await once(front, 'listening')
    const uplink = new NarrowUplink(front, targets.http, targets.media, new Line(bitsPerSecond, queueMs))
    uplink.streams.listen(0, '127.0.0.1')
    await once(uplink.streams, 'listening')
    return uplink
  }

  get mediaPort(): number {
    return this.front.address().port
  }

  get httpPort(): number {
    return (this.streams.address() as { port: number }).port
  }

  close(): void {
    this.line.close()
    this.front.close()
    this.streams.close()
    this.clients.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private datagram(datagram: Buffer, address: string, port: number): void {
    const { counts } = this
    counts.datagrams += 1
    counts.datagramBytes += datagram.length
    const out = this.clients.of(address, port)
    if (!this.line.take(datagram.length + headers.udp, () => out.send(datagram, this.mediaTarget, '127.0.0.1', () => undefined))) counts.dropped += 1
  }

  private stream(from: Socket, target: number): void {
    const to = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    for (const socket of [from, to]) {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.sockets.delete(socket)
        from.destroy()
        to.destroy()
      })
    }
    new Stream(from, to, this.line, (bytes) => {
      this.counts.streamBytes += bytes
    })
    to.pipe(from)
  }
}
