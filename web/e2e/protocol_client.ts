// A foreign client, as anyone would write it with mediasoup-client and socket.io-client and docs/protocol.md in hand: nothing
// of Greenroom's own web application. Bundled by protocol.test.ts and run inside Chromium.
import { Device } from 'mediasoup-client'
import type { Consumer, Transport } from 'mediasoup-client/types'
import { io, type Socket } from 'socket.io-client'

type Producer = { producerId: string; kind: 'audio' | 'video'; peerId: string }

export class Call {
  readonly consumers: Consumer[] = []
  readonly told: string[] = []
  readonly device = new Device()
  peerId = ''
  private send!: Transport
  private recv!: Transport

  private readonly socket: Socket

  constructor(url: string, transports: string[]) {
    this.socket = io(url, { transports, forceNew: true })
    for (const event of ['peerJoined', 'peerLeft', 'newProducer', 'producerClosed', 'consumerClosed'])
      this.socket.on(event, () => this.told.push(event))
    this.socket.on('newProducer', (producer: Producer) => void this.consume(producer))
  }

  async ask(event: string, payload: object): Promise<any> {
    const answer = await this.socket.timeout(5000).emitWithAck(event, payload)
    if (answer.error) throw new Error(`${event}: ${answer.error}`)
    return answer
  }

  async join(callId: string, userId: string): Promise<void> {
    const { rtpCapabilities } = await this.ask('createRoom', { callId })
    await this.device.load({ routerRtpCapabilities: rtpCapabilities })
    const joined = await this.ask('joinRoom', { callId, userId, rtpCapabilities: this.device.recvRtpCapabilities })
    this.peerId = joined.peerId
    this.send = await this.transport('send')
    this.recv = await this.transport('recv')
    for (const peer of joined.peers) for (const producer of peer.producers) await this.consume({ ...producer, peerId: peer.peerId })
  }

  private async transport(direction: 'send' | 'recv'): Promise<Transport> {
    const parameters = await this.ask('createTransport', { direction })
    const transport = direction === 'send' ? this.device.createSendTransport(parameters) : this.device.createRecvTransport(parameters)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.ask('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed)
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      this.ask('produce', { transportId: transport.id, kind, rtpParameters, appData }).then(done, failed)
    })
    return transport
  }

  async publish(simulcast: boolean): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } })
    await this.send.produce({ track: stream.getAudioTracks()[0]! })
    const encodings = simulcast ? [{ scaleResolutionDownBy: 2, maxBitrate: 150_000 }, { maxBitrate: 700_000 }] : [{ maxBitrate: 700_000 }]
    await this.send.produce({ track: stream.getVideoTracks()[0]!, encodings })
  }

  private async consume(producer: Producer): Promise<void> {
    const parameters = await this.ask('consume', {
      transportId: this.recv.id,
      producerId: producer.producerId,
      rtpCapabilities: this.device.recvRtpCapabilities,
    })
    const consumer = await this.recv.consume(parameters)
    this.consumers.push(consumer)
    const element = document.createElement(consumer.kind)
    element.srcObject = new MediaStream([consumer.track])
    void element.play()
    await this.ask('resumeConsumer', { consumerId: consumer.id })
  }

  // What arrives: frames decoded and audio samples received, per consumer.
  async received(): Promise<{ kind: string; count: number }[]> {
    const counts = []
    for (const consumer of this.consumers) {
      let count = 0
      for (const report of (await consumer.getStats()).values())
        if (report.type === 'inbound-rtp') count = consumer.kind === 'video' ? (report.framesDecoded ?? 0) : (report.totalSamplesReceived ?? 0)
      counts.push({ kind: consumer.kind, count })
    }
    return counts
  }

  async leave(): Promise<void> {
    await this.ask('leaveRoom', {})
    this.socket.disconnect()
  }

  vanish(): void {
    this.socket.disconnect()
  }
}
