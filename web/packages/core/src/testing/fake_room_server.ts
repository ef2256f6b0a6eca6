import type { ClientEvents, PeerInfo, ProducerInfo, ServerEvents } from "@greenroom/contract";
import * as fake from "mediasoup-client/fakeParameters";
import { type Signaling, SignalingError } from "../session/signaling";

/**
 * A room as the server keeps it, in memory, with as many clients as a test wants. Connections can be cut and restored,
 * and requests made to fail, the way networks and restarts do.
 */
export class FakeRoomServer {
  readonly clients = new Set<FakeSignaling>();
  private lastId = 0;

  connect(): FakeSignaling {
    const client = new FakeSignaling(this, `socket-${++this.lastId}`);
    this.clients.add(client);
    return client;
  }

  revision = 0;

  // The room has changed: its revision from here on.
  next(): number {
    return ++this.revision;
  }

  nextId(what: string): string {
    return `${what}-${++this.lastId}`;
  }

  peersBut(self: FakeSignaling): PeerInfo[] {
    return [...this.clients].flatMap((client) => (client !== self && client.peer ? [client.peer] : []));
  }

  tellOthers<E extends keyof ServerEvents>(self: FakeSignaling, event: E, data: ServerEvents[E]): void {
    for (const client of this.clients) if (client !== self && client.peer && !client.deaf) client.receive(event, data);
  }

  producer(producerId: string): ProducerInfo | undefined {
    return [...this.clients]
      .flatMap((client) => client.peer?.producers ?? [])
      .find((one) => one.producerId === producerId);
  }
}

type Listener = (data: never) => void;

export class FakeSignaling implements Signaling {
  peer: PeerInfo | undefined;
  /** Everything this client has asked, in order. */
  readonly asked: string[] = [];
  failNext: keyof ClientEvents | undefined;
  failCode = "test.failed";
  resumed: string[] = [];
  /** Hears nothing, and does not know. */
  deaf = false;
  private online = true;
  private readonly server: FakeRoomServer;
  private readonly socketId: string;
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(server: FakeRoomServer, socketId: string) {
    this.server = server;
    this.socketId = socketId;
  }

  async request<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E][0]): Promise<ClientEvents[E][1]> {
    await Promise.resolve();
    this.asked.push(event);
    if (!this.online) throw new Error("offline");
    if (this.failNext === event) {
      this.failNext = undefined;
      throw new SignalingError("not now", this.failCode);
    }
    return this.answer(event, payload as never) as ClientEvents[E][1];
  }

  tell<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E][0]): void {
    if (this.online) this.answer(event, payload as never);
  }

  on<E extends keyof ServerEvents>(event: E, listener: (data: ServerEvents[E]) => void): () => void {
    return this.listen(event, listener as Listener);
  }
  onConnected(listener: () => void): () => void {
    if (this.online) queueMicrotask(listener);
    return this.listen("connect", listener);
  }
  onDisconnected(listener: (reason: string) => void): () => void {
    return this.listen("disconnect", listener as Listener);
  }
  onRefused(listener: (message: string) => void): () => void {
    return this.listen("refused", listener as Listener);
  }
  connected(): boolean {
    return this.online;
  }
  close(): void {
    this.cut();
  }

  cut(): void {
    this.online = false;
    this.leave();
    this.receive("disconnect", "transport close");
  }
  restore(): void {
    this.online = true;
    this.receive("connect", undefined);
  }
  receive(event: string, data: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(data as never);
  }

  private listen(event: string, listener: Listener): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  private leave(): void {
    if (!this.peer) return;
    const { peerId, userId } = this.peer;
    this.peer = undefined;
    this.server.tellOthers(this, "peerLeft", { peerId, userId, revision: this.server.next() });
  }

  private answer(event: keyof ClientEvents, payload: Record<string, never>): unknown {
    switch (event) {
      case "createRoom":
        return { rtpCapabilities: fake.generateRouterRtpCapabilities() };
      case "joinRoom":
        return this.join(payload.userId as unknown as string);
      case "createTransport":
        return fake.generateTransportRemoteParameters();
      case "produce":
        return this.produce(payload as never);
      case "closeProducer":
        return this.closeProducer(payload.producerId as unknown as string);
      case "getProducers":
        return { producers: this.server.peersBut(this).flatMap((peer) => peer.producers ?? []) };
      case "consume":
        return this.consume(payload.producerId as unknown as string);
      case "resumeConsumer":
        return this.resumed.push(payload.consumerId as unknown as string);
      case "leaveRoom":
        return this.leave();
      default:
        return {};
    }
  }

  private join(participantId: string) {
    const peers = this.server.peersBut(this);
    this.peer = {
      peerId: this.server.nextId(`peer-${this.socketId}`),
      userId: participantId,
      participantId,
      name: participantId,
      producers: [],
      dataProducers: [],
    };
    this.server.tellOthers(this, "peerJoined", { ...this.peer, revision: this.server.next() });
    return { peerId: this.peer.peerId, peers, revision: this.server.revision };
  }

  private produce({ kind, appData }: Pick<ProducerInfo, "kind" | "appData">) {
    if (!this.peer) throw new SignalingError("join first", "test.not_joined");
    const { peerId, userId, participantId } = this.peer;
    const producerId = this.server.nextId("producer");
    const producer: ProducerInfo = { producerId, peerId, userId, participantId, kind, appData, paused: false };
    this.peer.producers = [...this.peer.producers, producer];
    this.server.tellOthers(this, "newProducer", { ...producer, revision: this.server.next() });
    return { id: producer.producerId };
  }

  private closeProducer(producerId: string): void {
    if (!this.peer) return;
    this.peer.producers = this.peer.producers.filter((producer) => producer.producerId !== producerId);
    this.server.tellOthers(this, "producerClosed", {
      producerId,
      peerId: this.peer.peerId,
      revision: this.server.next(),
    });
  }

  private consume(producerId: string) {
    const producer = this.server.producer(producerId);
    if (!producer) throw new SignalingError("no such producer", "test.gone");
    const codecMimeType = producer.kind === "audio" ? "audio/opus" : "video/VP8";
    return { ...fake.generateConsumerRemoteParameters({ codecMimeType }), producerId, paused: true };
  }
}
