import type { LiveSource, PeerInfo, ProducerInfo } from "@greenroom/contract";
import type { types } from "mediasoup-client";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Link, openLink } from "./link";
import { sendPlan } from "./send_plan";
import { type Signaling, SignalingError } from "./signaling";

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "displaced" | "refused" | "closed";

export interface PeerView {
  /** The participant where known: a person who reconnects keeps the tile. */
  key: string;
  peerId: string;
  name: string;
  participantId?: string;
  tracks: Partial<Record<LiveSource, MediaStreamTrack>>;
  micPaused: boolean;
}

export interface RoomState {
  connection: ConnectionState;
  reason?: string;
  peers: PeerView[];
  activeSpeaker?: string;
}

export interface RoomOptions {
  signaling: Signaling;
  callId: string;
  participantId: string;
  makeDevice: () => Promise<types.Device>;
  /** Runs after each successful join, the first and every later one. */
  onJoined?: () => void;
  onDisplaced?: () => void;
}

interface Remote {
  peerId: string;
  info: ProducerInfo;
  consumer?: types.Consumer;
  consuming?: boolean;
}

const PEERS_MAX = 64;
const FINAL = ["studio.removed", "studio.session_ended", "studio.waiting"];
const REJOIN_DELAY_MS = 1_000;
const REJOIN_DELAY_MAX_MS = 5_000;

/**
 * Who is here and what they send: joins the room, sends the local tracks, receives everyone else's, and does all of it
 * again after a lost connection. People keep their tiles (and the last picture) until the new media has arrived.
 */
export class Room {
  readonly store: StoreApi<RoomState>;
  private readonly options: RoomOptions;
  private readonly remotes = new Map<string, Remote>();
  private readonly local = new Map<
    LiveSource,
    { track: MediaStreamTrack; paused: boolean; producer?: types.Producer }
  >();
  private readonly unsubscribe: (() => void)[] = [];
  private link: Link | undefined;
  private generation = 0;
  private failures = 0;
  private heldBack: (() => void)[] | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RoomOptions) {
    this.options = options;
    this.store = createStore<RoomState>(() => ({ connection: "connecting", peers: [] }));
    this.listen();
  }

  /** Sends this track as that source from now on; null stops sending it. */
  setTrack(source: LiveSource, track: MediaStreamTrack | null): void {
    const current = this.local.get(source);
    if (current?.track === track) return;
    if (!track) {
      this.local.delete(source);
      this.dropProducer(current?.producer);
      return;
    }
    const entry = { track, paused: current?.paused ?? false, producer: current?.producer };
    this.local.set(source, entry);
    if (entry.producer) entry.producer.replaceTrack({ track }).catch(() => undefined);
    else void this.produce(source);
  }

  setPaused(source: LiveSource, paused: boolean): void {
    const entry = this.local.get(source);
    if (!entry || entry.paused === paused) return;
    entry.paused = paused;
    this.applyPause(entry);
  }

  /** 0..1, as the receiver measured it in the last packets. */
  level(key: string): number {
    const peer = this.store.getState().peers.find((candidate) => candidate.key === key);
    const remote = [...this.remotes.values()].find(
      (candidate) => candidate.peerId === peer?.peerId && candidate.info.kind === "audio",
    );
    return remote?.consumer?.rtpReceiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  /** WebRTC's own statistics of what is sent, where anything is. */
  async sendStats(): Promise<RTCStatsReport | undefined> {
    return this.link?.sendStats();
  }

  /** Whose tile belongs to that peer of the room; one's own too. */
  keyOf(peerId: string): string | undefined {
    return peerId === this.link?.peerId ? this.options.participantId : this.viewOf(peerId)?.key;
  }

  /** After being displaced: come back here. */
  takeBack(): void {
    this.store.setState({ connection: "connecting" });
    void this.join();
  }

  close(): void {
    this.generation += 1;
    clearTimeout(this.retry);
    for (const off of this.unsubscribe) off();
    if (this.options.signaling.connected()) this.options.signaling.request("leaveRoom", {}).catch(() => undefined);
    this.link?.close();
    this.store.setState({ connection: "closed", peers: [] });
  }

  private listen(): void {
    const { signaling } = this.options;
    this.unsubscribe.push(
      signaling.onConnected(() => {
        if (this.store.getState().connection !== "displaced") void this.join();
      }),
      signaling.onDisconnected(() => this.lost("The connection to the server was lost.")),
      signaling.onRefused((message) => this.refused(message)),
      signaling.on("peerJoined", (peer) => this.afterJoin(() => this.addPeer(peer))),
      signaling.on("peerLeft", ({ peerId }) => this.afterJoin(() => this.removePeer(peerId))),
      signaling.on("newProducer", (info) => this.afterJoin(() => this.addProducer(info.peerId, info))),
      signaling.on("producerClosed", ({ producerId }) => this.afterJoin(() => this.removeProducer(producerId))),
      signaling.on("producerPaused", ({ producerId }) => this.afterJoin(() => this.markPaused(producerId, true))),
      signaling.on("producerResumed", ({ producerId }) => this.afterJoin(() => this.markPaused(producerId, false))),
      signaling.on("displaced", () => this.displaced()),
      signaling.on("leftRoom", () => this.rejoin("The room has to be opened again.")),
      signaling.on("missedEvents", () => void this.lookAgain()),
      signaling.on("activeSpeaker", ({ peerId }) =>
        this.store.setState({ activeSpeaker: peerId && this.keyOf(peerId) }),
      ),
    );
  }

  /** What is announced while a join is under way is held back until its snapshot of the room has been taken in. */
  private afterJoin(change: () => void): void {
    if (this.heldBack) this.heldBack.push(change);
    else change();
  }

  private lost(reason: string): void {
    const { connection } = this.store.getState();
    if (connection !== "refused" && connection !== "displaced")
      this.store.setState({ connection: "reconnecting", reason });
  }

  /** The same person has entered from elsewhere: this place waits until they ask for it back. */
  private displaced(): void {
    this.generation += 1;
    clearTimeout(this.retry);
    this.link?.close();
    this.link = undefined;
    this.remotes.clear();
    this.store.setState({ connection: "displaced", peers: [] });
    this.options.onDisplaced?.();
  }

  private refused(message: string): void {
    // While the server is away socket.io reports a transport error and tries again by itself; a word of our server's
    // own (a bad or expired token) ends it.
    if (/xhr|websocket|transport|timeout/i.test(message)) return this.lost("The server cannot be reached.");
    this.store.setState({ connection: "refused", reason: message });
  }

  private async join(): Promise<void> {
    const generation = ++this.generation;
    clearTimeout(this.retry);
    this.heldBack = [];
    try {
      if (this.link) await this.options.signaling.request("leaveRoom", {}).catch(() => undefined);
      const link = await openLink({
        ...this.options,
        userId: this.options.participantId,
        onBroken: (why) => generation === this.generation && this.rejoin(why),
      });
      if (generation !== this.generation) return link.close();
      await this.adopt(link);
    } catch (error) {
      if (generation !== this.generation) return;
      if (isFinal(error)) this.store.setState({ connection: "refused", reason: error.message, peers: [] });
      else this.rejoin(error instanceof Error ? error.message : String(error));
    }
  }

  private async adopt(link: Link): Promise<void> {
    this.link?.close();
    this.link = link;
    this.failures = 0;
    this.remotes.clear();
    this.store.setState({ connection: "connected", reason: undefined });
    this.reconcilePeers(link.peers);
    const heldBack = this.heldBack ?? [];
    this.heldBack = undefined;
    for (const change of heldBack) change();
    this.options.onJoined?.();
    await Promise.all([...this.local.keys()].map((source) => this.produce(source, true)));
  }

  private rejoin(reason: string): void {
    this.lost(reason);
    this.failures += 1;
    clearTimeout(this.retry);
    const delay = Math.min(REJOIN_DELAY_MS * this.failures, REJOIN_DELAY_MAX_MS);
    this.retry = setTimeout(() => this.options.signaling.connected() && void this.join(), delay);
  }

  /** Some of what happened in the room may not have been told to us. */
  private async lookAgain(): Promise<void> {
    const link = this.link;
    if (!link) return;
    const answer = await this.options.signaling.request("getProducers", {}).catch(() => undefined);
    if (!answer || link !== this.link) return;
    const now = new Map(answer.producers.map((info) => [info.producerId, info]));
    if (answer.producers.some((info) => !this.viewOf(info.peerId))) return this.join();
    for (const producerId of this.remotes.keys()) if (!now.has(producerId)) this.removeProducer(producerId);
    for (const info of now.values()) {
      this.addProducer(info.peerId, info);
      this.markPaused(info.producerId, info.paused ?? false);
    }
  }

  private async produce(source: LiveSource, again = false): Promise<void> {
    const entry = this.local.get(source);
    const link = this.link;
    if (!entry || !link || (entry.producer && !again)) return;
    try {
      const producer = await link.produce(source, entry.track, sendPlan(source, entry.track));
      if (this.local.get(source)?.track !== entry.track || link !== this.link) return this.dropProducer(producer);
      entry.producer = producer;
      if (entry.paused) this.applyPause(entry);
    } catch (error) {
      if (link === this.link) this.rejoin(error instanceof Error ? error.message : String(error));
    }
  }

  private dropProducer(producer: types.Producer | undefined): void {
    if (!producer) return;
    producer.close();
    this.options.signaling.tell("closeProducer", { producerId: producer.id });
  }

  private applyPause(entry: { paused: boolean; producer?: types.Producer }): void {
    const { producer, paused } = entry;
    if (!producer) return;
    if (paused) producer.pause();
    else producer.resume();
    this.options.signaling
      .request(paused ? "pauseProducer" : "resumeProducer", { producerId: producer.id })
      .catch(() => undefined);
  }

  private reconcilePeers(peers: PeerInfo[]): void {
    this.store.setState((state) => ({
      peers: state.peers.flatMap((view) => {
        const now = peers.find((peer) => view.key === (peer.participantId ?? peer.peerId));
        return now ? [{ ...view, tracks: onlySources(view.tracks, now.producers ?? []) }] : [];
      }),
    }));
    for (const peer of peers) this.addPeer(peer);
  }

  private addPeer(peer: PeerInfo): void {
    const { participantId } = this.options;
    if (peer.participantId === participantId || peer.peerId === this.link?.peerId) return;
    const key = peer.participantId ?? peer.peerId;
    this.store.setState((state) => {
      const known = state.peers.find((view) => view.key === key);
      const view: PeerView = {
        key,
        peerId: peer.peerId,
        name: peer.name || peer.userId,
        participantId: peer.participantId,
        tracks: known?.tracks ?? {},
        micPaused: known?.micPaused ?? false,
      };
      const others = state.peers.filter((candidate) => candidate.key !== key);
      const at = known ? state.peers.indexOf(known) : others.length;
      return { peers: [...others.slice(0, at), view, ...others.slice(at)].slice(0, PEERS_MAX) };
    });
    for (const producer of peer.producers ?? []) this.addProducer(peer.peerId, producer);
  }

  private removePeer(peerId: string): void {
    for (const [producerId, remote] of this.remotes) if (remote.peerId === peerId) this.removeProducer(producerId);
    this.store.setState((state) => ({ peers: state.peers.filter((view) => view.peerId !== peerId) }));
  }

  private addProducer(peerId: string, info: ProducerInfo): void {
    if (this.remotes.has(info.producerId)) return;
    this.remotes.set(info.producerId, { peerId, info });
    if (info.paused) this.markPaused(info.producerId, true);
    void this.consume(info.producerId);
  }

  private async consume(producerId: string): Promise<void> {
    const remote = this.remotes.get(producerId);
    const link = this.link;
    if (!remote || !link || remote.consuming) return;
    remote.consuming = true;
    try {
      const consumer = await link.consume(producerId, streamOf(remote));
      if (link !== this.link || this.remotes.get(producerId) !== remote) return consumer.close();
      remote.consumer = consumer;
      this.showTrack(remote.peerId, sourceOf(remote.info), consumer.track);
      await this.options.signaling.request("resumeConsumer", { consumerId: consumer.id });
    } catch (error) {
      // The producer may have gone meanwhile; if it has not, one more try after a moment.
      console.warn("not received yet", remote.info, error);
      remote.consuming = false;
      if (link === this.link) setTimeout(() => link === this.link && void this.consume(producerId), REJOIN_DELAY_MS);
    }
  }

  private removeProducer(producerId: string): void {
    const remote = this.remotes.get(producerId);
    if (!remote) return;
    this.remotes.delete(producerId);
    const { consumer } = remote;
    if (!consumer) return;
    consumer.close();
    const source = sourceOf(remote.info);
    const shown = this.viewOf(remote.peerId)?.tracks[source];
    if (shown === consumer.track) this.showTrack(remote.peerId, source, undefined);
  }

  private showTrack(peerId: string, source: LiveSource, track: MediaStreamTrack | undefined): void {
    this.change(peerId, (view) => {
      const { [source]: _, ...rest } = view.tracks;
      return { ...view, tracks: track ? { ...rest, [source]: track } : rest };
    });
  }

  private markPaused(producerId: string, paused: boolean): void {
    const remote = this.remotes.get(producerId);
    if (remote && remote.info.kind === "audio") this.change(remote.peerId, (view) => ({ ...view, micPaused: paused }));
  }

  private change(peerId: string, edit: (view: PeerView) => PeerView): void {
    this.store.setState((state) => ({
      peers: state.peers.map((view) => (view.peerId === peerId ? edit(view) : view)),
    }));
  }

  private viewOf(peerId: string): PeerView | undefined {
    return this.store.getState().peers.find((view) => view.peerId === peerId);
  }
}

/** The server has decided; asking again changes nothing. */
function isFinal(error: unknown): error is SignalingError {
  return error instanceof SignalingError && FINAL.includes(error.code);
}

function sourceOf(info: ProducerInfo): LiveSource {
  const said = (info.appData as { source?: LiveSource } | undefined)?.source;
  return said ?? (info.kind === "audio" ? "mic" : "camera");
}

/** Keeps the last pictures of what is still sent, so that a tile does not go dark while its new stream starts. */
function onlySources(tracks: PeerView["tracks"], producers: ProducerInfo[]): PeerView["tracks"] {
  const sent = new Set(producers.map(sourceOf));
  return Object.fromEntries(Object.entries(tracks).filter(([source]) => sent.has(source as LiveSource)));
}

/** Voice and face belong together; a shared screen keeps its own time. */
function streamOf({ peerId, info }: Remote): string {
  return sourceOf(info) === "screen" ? `${peerId}-screen` : peerId;
}
