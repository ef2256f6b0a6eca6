// A hop on the way to the server that can be pulled out: datagrams from each client go on from a socket of its own.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** The way back of what came in at `front`: a socket for each client, so that whoever answers tells them apart. */
export class UdpClients {
  passing = true
  private readonly sockets = new Map<string, Socket>()
  private readonly front: Socket

  constructor(front: Socket) {
    this.front = front
  }

  of(address: string, port: number): Socket {
    const key = `${address}:${port}`
    const known = this.sockets.get(key)
    if (known) return known
    const socket = createSocket('udp4')
    socket.on('message', (datagram) => {
      if (this.passing) this.front.send(datagram, port, address)
    })
    this.sockets.set(key, socket)
    return socket
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close()
    this.sockets.clear()
  }
}

export class UdpHop {
  passed = 0
  private readonly clients: UdpClients
  private readonly front: Socket
  private readonly target: () => number

  private constructor(front: Socket, target: () => number) {
    this.front = front
    this.target = target
    this.clients = new UdpClients(front)
    front.on('message', (datagram, from) => {
      if (!this.clients.passing) return
      this.passed += 1
      this.clients.of(from.address, from.port).send(datagram, this.target(), '127.0.0.1')
    })
  }

  /** `target`: the port on this machine that it leads to, asked for each datagram. */
  static async open(target: () => number): Promise<UdpHop> {
    const front = createSocket('udp4')
    front.bind(0, '127.0.0.1')
    await once(front, 'listening')
    return new UdpHop(front, target)
  }

  get port(): number {
    return this.front.address().port
  }

  /** What comes while it is cut is lost, both ways. */
  cut(): void {
    this.clients.passing = false
  }

  mend(): void {
    this.clients.passing = true
  }

  close(): void {
    this.front.close()
    this.clients.close()
  }
}
