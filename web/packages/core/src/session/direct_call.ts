import type { Signaling } from "./signaling";

export type DirectCallState = "connecting" | "connected" | "over";

export interface DirectCallOptions {
  signaling: Pick<Signaling, "request" | "on">;
  /** Of joinRoom. When both offer at once, the one with the greater id gives way. */
  ownPeerId: string;
  peerId: string;
  iceServers?: RTCIceServer[];
  onTrack: (track: MediaStreamTrack, streams: readonly MediaStream[]) => void;
  /** It does not become a direct connection, or is one no more: use the server. Called at most once. */
  onFallback: (why: string) => void;
  makeConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
  patienceMs?: number;
}

/** A direct path takes two round trips to find; after this long people would rather be heard. */
const PATIENCE_MS = 5_000;
/** The other may not have listened yet when the first offer came; once more it brings the candidates found so far. */
const OFFER_AGAIN_MS = 1_000;
/** Somebody who has nothing to send offers nothing; then it is the other's turn. */
const TURN_MS = 1_500;

/**
 * Two people without the server in between: their browsers negotiate through the room's `signal` events, both sides
 * alike ("perfect negotiation", WebRTC 1.0 §10.7), but for the first offer, which is the lesser id's: a Chromium that takes
 * an offer back while it gathers candidates may never find one again, so nobody should have to. Whoever first finds that it
 * does not work tells the other, and both use the server. Owned by whoever joined the room; over means over, the next try
 * is a new one.
 */
export class DirectCall {
  state: DirectCallState = "connecting";
  readonly connection: RTCPeerConnection;
  private readonly options: DirectCallOptions;
  private readonly unsubscribe: (() => void)[];
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly again: ReturnType<typeof setInterval>;
  private turn: ReturnType<typeof setTimeout> | undefined;
  private offering = false;
  private ignoring = false;

  constructor(options: DirectCallOptions) {
    this.options = options;
    const make = options.makeConnection ?? ((configuration) => new RTCPeerConnection(configuration));
    this.connection = make({ iceServers: options.iceServers ?? [] });
    this.unsubscribe = [
      options.signaling.on("signal", (signal) => {
        if (signal.peerId === options.peerId) void this.receive(signal).catch((error) => this.end(wordsOf(error)));
      }),
      options.signaling.on("peerLeft", ({ peerId }) => {
        if (peerId === options.peerId) this.close();
      }),
    ];
    this.listen();
    this.again = setInterval(() => {
      if (this.connection.signalingState === "have-local-offer") this.describe();
    }, OFFER_AGAIN_MS);
    this.wait("no direct path was found");
  }

  /** Sends this track from now on. */
  send(track: MediaStreamTrack, stream: MediaStream): RTCRtpSender {
    return this.connection.addTrack(track, stream);
  }

  /** The room has become too large, or the people want to be recorded: both go on through the server. */
  end(why: string): void {
    if (this.state === "over") return;
    this.tell({ ended: true });
    this.fallBack(why);
  }

  /** Hangs up: nobody falls back to anything. */
  close(): void {
    if (this.state === "over") return;
    this.state = "over";
    clearTimeout(this.patience);
    clearInterval(this.again);
    clearTimeout(this.turn);
    for (const off of this.unsubscribe) off();
    this.connection.close();
  }

  private listen(): void {
    const { connection } = this;
    connection.onnegotiationneeded = () => this.offerInTurn();
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.tell({ candidate: { ...candidate.toJSON() } });
    };
    connection.ontrack = ({ track, streams }) => this.options.onTrack(track, streams);
    connection.onconnectionstatechange = () => this.follow(connection.connectionState);
  }

  private follow(state: RTCPeerConnectionState): void {
    if (state === "failed") this.end("the direct connection failed");
    if (state === "disconnected") this.wait("the direct connection was lost");
    if (state !== "connected" || this.state === "over") return;
    clearTimeout(this.patience);
    this.state = "connected";
  }

  private wait(why: string): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.end(why), this.options.patienceMs ?? PATIENCE_MS);
  }

  private fallBack(why: string): void {
    this.close();
    this.options.onFallback(why);
  }

  private get givesWay(): boolean {
    return this.options.ownPeerId > this.options.peerId;
  }

  private offerInTurn(): void {
    clearTimeout(this.turn);
    if (!this.givesWay || this.connection.remoteDescription) return void this.offer();
    this.turn = setTimeout(() => {
      if (!this.connection.remoteDescription) void this.offer();
    }, TURN_MS);
  }

  private async offer(): Promise<void> {
    try {
      this.offering = true;
      await this.connection.setLocalDescription();
      this.describe();
    } catch (error) {
      this.end(wordsOf(error));
    } finally {
      this.offering = false;
    }
  }

  private async receive(signal: { description?: object; candidate?: object; ended?: boolean }): Promise<void> {
    if (signal.ended) this.fallBack("the other side ended it");
    if (signal.description) await this.take(signal.description as RTCSessionDescriptionInit);
    // A candidate of a description that we ignored, or never got, says nothing to us; one way less is no failure.
    if (signal.candidate && !this.ignoring && this.state !== "over")
      await this.connection.addIceCandidate(signal.candidate as RTCIceCandidateInit).catch(() => undefined);
  }

  private async take(description: RTCSessionDescriptionInit): Promise<void> {
    const { connection } = this;
    const collides = description.type === "offer" && (this.offering || connection.signalingState !== "stable");
    this.ignoring = collides && !this.givesWay;
    if (this.ignoring || this.state === "over") return;
    await connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await connection.setLocalDescription();
    this.describe();
  }

  private describe(): void {
    const description = this.connection.localDescription;
    if (description) this.tell({ description: { type: description.type, sdp: description.sdp } });
  }

  private tell(what: { description?: object; candidate?: object; ended?: boolean }): void {
    if (this.state === "over") return;
    const signal = { peerId: this.options.peerId, ...what };
    this.options.signaling.request("signal", signal as never).catch((error) => {
      if (!what.ended) this.fallBack(wordsOf(error));
    });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
