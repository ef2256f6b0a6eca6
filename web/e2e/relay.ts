// A way to a server over TCP that can be told that it is gone.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

// 'gone': connections end and are refused. 'silent': what is sent goes nowhere, and nobody says so.
export type Condition = 'good' | 'gone' | 'silent'

export class Relay {
  port = 0
  private condition: Condition = 'good'
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((client) => this.accept(client))
  private readonly target: () => number

  /** `target`: the port on this machine that it leads to, asked for each connection. */
  constructor(target: () => number) {
    this.target = target
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.listener.listen(0, '127.0.0.1', resolve))
    this.port = (this.listener.address() as AddressInfo).port
  }

  become(condition: Condition): void {
    this.condition = condition
    for (const socket of this.sockets) {
      if (condition === 'gone') socket.destroy()
      else if (condition === 'silent') socket.pause()
      else socket.resume()
    }
  }

  close(): void {
    this.become('gone')
    this.listener.close()
  }

  private accept(client: Socket): void {
    if (this.condition === 'gone') {
      client.destroy()
      return
    }
    const upstream = connect(this.target(), '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (bytes) => to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => {
        this.sockets.delete(from)
        to.destroy()
      })
      if (this.condition === 'silent') from.pause()
    }
  }
}
