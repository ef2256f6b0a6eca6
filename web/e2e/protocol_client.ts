// A foreign client, as anyone would write it with mediasoup-client and socket.io-client and docs/protocol.md in hand: nothing
// of Greenroom's own web application. Bundled by protocol.test.ts and run inside Chromium.
import { Device } from 'mediasoup-client'
import type { Consumer, Transport } from 'mediasoup-client/types'
import { io, type Socket } from 'socket.io-client'
import { clockTrack, glassToGlass } from './latency_client.ts'

// Which ways to the server the network lets through, as far as this client is concerned.
export type Ways = {
  candidates?: { protocol?: 'udp' | 'tcp'; ip?: string; port?: number }[] // in place of those offered: address by address
  iceTransportPolicy?: 'all' | 'relay'
}

type Producer = { producerId: string; kind: 'audio' | 'video'; peerId: string }

export class Call {
  readonly consumers: Consumer[] = []
  readonly told: string[] = []
  readonly videos: HTMLVideoElement[] = []
  readonly device = new Device()
  peerId = ''
  protected send!: Transport
  protected recv: Transport | undefined
  private readonly known = new Set<string>()

  readonly socket: Socket
  private readonly ways: Ways

  constructor(url: string, transports: string[], ways: Ways = {}) {
    this.ways = ways
    this.socket = io(url, { transports, forceNew: true })
    for (const event of ['peerJoined', 'peerLeft', 'newProducer', 'producerClosed', 'consumerClosed'])
      this.socket.on(event, () => this.told.push(event))
    this.socket.on('newProducer', (producer: Producer) => void this.consume(producer))
    this.socket.on('consumerClosed', ({ consumerId }) => this.forget(consumerId))
  }

  async ask(event: string, payload: object): Promise<any> {
    const answer = await this.socket.timeout(5000).emitWithAck(event, payload)
    if (answer.error) throw new Error(`${event}: ${answer.error}`)
    return answer
  }

  async join(callId: string, userId: string): Promise<void> {
    await this.enter(callId, userId)
    await this.connect()
  }

  // Into the room, without media yet.
  async enter(callId: string, userId: string): Promise<any> {
    const { rtpCapabilities } = await this.ask('createRoom', { callId })
    await this.device.load({ routerRtpCapabilities: rtpCapabilities })
    const joined = await this.ask('joinRoom', { callId, userId, rtpCapabilities: this.device.recvRtpCapabilities })
    this.peerId = joined.peerId
    return joined
  }

  async connect(): Promise<void> {
    this.send = await this.transport('send')
    this.recv = await this.transport('recv')
    const { producers } = await this.ask('getProducers', {}) // also those that came while there was nothing to receive with
    for (const producer of producers) await this.consume(producer)
  }

  private async transport(direction: 'send' | 'recv'): Promise<Transport> {
    const parameters = { ...(await this.ask('createTransport', { direction })), iceTransportPolicy: this.ways.iceTransportPolicy ?? 'all' }
    parameters.iceCandidates = this.reachable(parameters.iceCandidates)
    const transport = direction === 'send' ? this.device.createSendTransport(parameters) : this.device.createRecvTransport(parameters)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.ask('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed)
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      this.ask('produce', { transportId: transport.id, kind, rtpParameters, appData }).then(done, failed)
    })
    transport.on('producedata', ({ sctpStreamParameters, label, protocol, appData }, done, failed) => {
      this.ask('produceData', { transportId: transport.id, sctpStreamParameters, label, protocol, appData }).then(done, failed)
    })
    return transport
  }

  private reachable(offered: any[]): any[] {
    if (!this.ways.candidates) return offered
    return this.ways.candidates.flatMap(({ protocol, ip, port }) => {
      const like = offered.filter((one) => (protocol ? one.protocol === protocol : true))
      return ip ? [{ ...like[0], ip, address: ip, port: port ?? like[0].port }] : like
    })
  }

  // As after a change of network.
  async restartIce(): Promise<void> {
    for (const transport of [this.send, this.recv!]) {
      const { iceParameters } = await this.ask('restartIce', { transportId: transport.id })
      await transport.restartIce({ iceParameters })
    }
  }

  // The way that each transport's media goes: from what kind of own candidate, over what.
  async paths(): Promise<{ type: string; protocol: string }[]> {
    const paths = []
    for (const transport of [this.send, this.recv!]) {
      const reports = await transport.getStats()
      for (const report of reports.values()) {
        if (report.type !== 'transport' || !report.selectedCandidatePairId) continue
        const local = reports.get(reports.get(report.selectedCandidatePairId).localCandidateId)
        paths.push({ type: local.candidateType, protocol: local.protocol })
      }
    }
    return paths
  }

  async publish(simulcast: boolean): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } })
    await this.send.produce({ track: stream.getAudioTracks()[0]! })
    const encodings = simulcast ? [{ scaleResolutionDownBy: 2, maxBitrate: 150_000 }, { maxBitrate: 700_000 }] : [{ maxBitrate: 700_000 }]
    await this.send.produce({ track: stream.getVideoTracks()[0]!, encodings })
  }

  private forget(consumerId: string): void {
    const at = this.consumers.findIndex((one) => one.id === consumerId)
    for (const gone of this.consumers.splice(at, at < 0 ? 0 : 1)) gone.close()
  }

  // Sound, and the camera in one encoding of the given codec.
  async publishAs(mimeType: string, scalabilityMode: string | undefined): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } })
    await this.send.produce({ track: stream.getAudioTracks()[0]! })
    const codec = this.device.sendRtpCapabilities.codecs?.find((one) => one.mimeType.toLowerCase() === mimeType.toLowerCase())
    if (!codec) throw new Error(`this browser does not send ${mimeType}`)
    const encodings = [{ maxBitrate: 900_000, ...(scalabilityMode ? { scalabilityMode } : {}) }]
    await this.send.produce({ track: stream.getVideoTracks()[0]!, encodings, codec })
  }

  // Of the picture that is received: how wide it is decoded, and by which codec.
  async picture(): Promise<{ width: number; codec: string; frames: number }> {
    const consumer = this.consumers.find((one) => one.kind === 'video')!
    const reports = [...(await consumer.getStats()).values()]
    const inbound = reports.find((one) => one.type === 'inbound-rtp')
    const codec = reports.find((one) => one.id === inbound?.codecId)
    return { width: inbound?.frameWidth ?? 0, codec: codec?.mimeType ?? '', frames: inbound?.framesDecoded ?? 0 }
  }

  async prefer(spatialLayer: number, temporalLayer: number): Promise<void> {
    const consumer = this.consumers.find((one) => one.kind === 'video')!
    await this.ask('setConsumerPreferredLayers', { consumerId: consumer.id, spatialLayer, temporalLayer })
  }

  private async consume(producer: Producer): Promise<void> {
    if (!this.recv || this.known.has(producer.producerId)) return
    this.known.add(producer.producerId)
    const parameters = await this.ask('consume', {
      transportId: this.recv.id,
      producerId: producer.producerId,
      rtpCapabilities: this.device.recvRtpCapabilities,
    })
    const consumer = await this.recv.consume(parameters)
    this.consumers.push(consumer)
    const element = document.createElement(consumer.kind)
    element.srcObject = new MediaStream([consumer.track])
    if (element instanceof HTMLVideoElement) this.videos.push(element)
    void element.play()
    await this.ask('resumeConsumer', { consumerId: consumer.id })
  }

  async share(): Promise<void> {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true })
    await this.send.produce({ track: stream.getVideoTracks()[0]!, appData: { source: 'screen' } })
  }

  async publishClock(): Promise<void> {
    await this.send.produce({ track: clockTrack(), encodings: [{ maxBitrate: 1_500_000 }] })
  }

  // The first picture of anybody, decoded.
  async firstFrame(): Promise<HTMLVideoElement> {
    while (!this.videos.length) await new Promise((resolve) => setTimeout(resolve, 1))
    const video = this.videos[0]!
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve))
    return video
  }

  async latency(count: number): Promise<number[]> {
    return glassToGlass(await this.firstFrame(), count)
  }

  // Sound that was heard: the energy of what was played, per consumer (webrtc-stats §totalAudioEnergy).
  async heard(): Promise<number[]> {
    const energies = []
    for (const consumer of this.consumers.filter((one) => one.kind === 'audio'))
      for (const report of (await consumer.getStats()).values())
        if (report.type === 'inbound-rtp') energies.push(report.totalAudioEnergy ?? 0)
    return energies
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
