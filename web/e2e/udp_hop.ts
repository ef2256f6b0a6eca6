// A hop on the way to the server that can be pulled out: datagrams from each client go on from a socket of its own.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export class UdpHop {
  passed = 0
  private readonly clients = new Map<string, Socket>()
  private readonly front: Socket
  private readonly target: number

  private constructor(front: Socket, target: number) {
    this.front = front
    this.target = target
    front.on('message', (datagram, from) => {
      this.passed += 1
      this.towards(from.address, from.port).send(datagram, this.target, '127.0.0.1')
    })
  }

  static async open(target: number): Promise<UdpHop> {
    const front = createSocket('udp4')
    front.bind(0, '127.0.0.1')
    await once(front, 'listening')
    return new UdpHop(front, target)
  }

  get port(): number {
    return this.front.address().port
  }

  private towards(address: string, port: number): Socket {
    const key = `${address}:${port}`
    const known = this.clients.get(key)
    if (known) return known
    const socket = createSocket('udp4')
    socket.on('message', (datagram) => this.front.send(datagram, port, address))
    this.clients.set(key, socket)
    return socket
  }

  close(): void {
    this.front.close()
    for (const socket of this.clients.values()) socket.close()
    this.clients.clear()
  }
}
