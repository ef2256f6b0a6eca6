// The foreign client, and two people who would rather speak to each other directly: as docs/protocol.md says that it is done.
import { DirectCall } from '../packages/core/src/session/direct_call.ts'
import { Call } from './protocol_client.ts'

export { Call }

export class Duo {
  readonly call: Call
  readonly heard: MediaStreamTrack[] = []
  fallback = ''
  mode = ''
  private direct: DirectCall | undefined
  private readonly patienceMs: number
  private stream!: MediaStream

  constructor(url: string, patienceMs: number) {
    this.patienceMs = patienceMs
    this.call = new Call(url, ['websocket'])
  }

  async join(callId: string, userId: string): Promise<void> {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } })
    this.call.socket.on('peerJoined', (peer: { peerId: string }) => this.meet(peer.peerId, []))
    const joined = await this.call.enter(callId, userId)
    this.mode = joined.mode
    if (joined.mode === 'direct') for (const peer of joined.peers) this.meet(peer.peerId, joined.iceServers ?? [])
    else await this.useServer('the room is too large')
  }

  get state(): string {
    return this.direct?.state ?? 'none'
  }

  // Frames and samples that came over the direct connection.
  async received(): Promise<number[]> {
    const counts: number[] = []
    for (const report of (await this.direct!.connection.getStats()).values())
      if (report.type === 'inbound-rtp') counts.push(report.kind === 'video' ? (report.framesDecoded ?? 0) : (report.totalSamplesReceived ?? 0))
    return counts
  }

  private meet(peerId: string, iceServers: RTCIceServer[]): void {
    if (this.fallback) return
    if (this.direct) return this.direct.end('a third came')
    const { socket } = this.call
    this.direct = new DirectCall({
      signaling: {
        request: (event: string, payload: object) => this.call.ask(event, payload),
        on: (event: string, listener: (data: never) => void) => {
          socket.on(event, listener as never)
          return () => void socket.off(event, listener as never)
        },
      } as never,
      ownPeerId: this.call.peerId,
      peerId,
      iceServers,
      onTrack: (track) => {
        this.heard.push(track)
        const element = document.createElement(track.kind as 'audio' | 'video')
        element.srcObject = new MediaStream([track])
        void element.play()
      },
      onFallback: (why) => void this.useServer(why),
      patienceMs: this.patienceMs,
    })
    for (const track of this.stream.getTracks()) this.direct.send(track, this.stream)
  }

  private async useServer(why: string): Promise<void> {
    this.fallback = why
    await this.call.connect()
    await this.call.publish(false)
  }
}
