// A foreign client with data channels, by mediasoup-client alone. Bundled by data.test.ts and run inside Chromium.
import type { DataConsumer, DataProducer } from 'mediasoup-client/types'
import { Call } from './protocol_client.ts'

export type Arrived = { label: string; kind: 'string' | 'binary'; size: number; text: string; sum: number }

const sumOf = (bytes: Uint8Array) => bytes.reduce((sum, byte, i) => (sum + byte * ((i % 251) + 1)) % 1_000_003, 0)
export const pattern = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + size) & 255)

export class DataCall extends Call {
  readonly producers = new Map<string, DataProducer>()
  readonly dataConsumers = new Map<string, DataConsumer>()
  readonly arrived: Arrived[] = []
  readonly notices: { event: string; data: any }[] = []

  constructor(url: string) {
    super(url, ['websocket'])
    for (const event of ['newDataProducer', 'dataProducerClosed', 'dataConsumerClosed'])
      this.socket.on(event, (data: any) => this.notices.push({ event, data }))
  }

  async produceData(label: string, options: object = {}): Promise<void> {
    const producer = await this.send.produceData({ label, protocol: 'test', appData: { about: label }, ...options })
    this.producers.set(label, producer)
    if (producer.readyState !== 'open') await new Promise<void>((resolve) => producer.on('open', () => resolve()))
  }

  async consumeAll(): Promise<number> {
    const { dataProducers } = await this.ask('getProducers', {})
    for (const { dataProducerId, label } of dataProducers) if (!this.dataConsumers.has(label)) await this.consumeData(dataProducerId)
    return this.dataConsumers.size
  }

  private async consumeData(dataProducerId: string): Promise<void> {
    const consumer = await this.recv!.consumeData(await this.ask('consumeData', { transportId: this.recv!.id, dataProducerId }))
    this.dataConsumers.set(consumer.label, consumer)
    consumer.on('message', (data: string | ArrayBuffer | Blob) => void this.note(consumer.label, data))
    if (consumer.readyState !== 'open') await new Promise<void>((resolve) => consumer.on('open', () => resolve()))
  }

  private async note(label: string, data: string | ArrayBuffer | Blob): Promise<void> {
    const kind = typeof data === 'string' ? 'string' : 'binary'
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data)
    this.arrived.push({ label, kind, size: bytes.length, text: typeof data === 'string' ? data.slice(0, 40) : '', sum: sumOf(bytes) })
  }

  say(label: string, text: string): void {
    this.producers.get(label)!.send(text)
  }

  sayBytes(label: string, size: number): void {
    this.producers.get(label)!.send(pattern(size))
  }

  sumOfPattern(size: number): number {
    return sumOf(pattern(size))
  }

  async closeProducer(label: string): Promise<void> {
    const producer = this.producers.get(label)!
    this.producers.delete(label)
    producer.close()
    await this.ask('closeDataProducer', { dataProducerId: producer.id })
  }

  states(): Record<string, string> {
    return Object.fromEntries([...this.dataConsumers].map(([label, consumer]) => [label, consumer.readyState]))
  }
}
