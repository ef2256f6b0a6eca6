import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DirectCall } from "./direct_call";

type Description = { type: "offer" | "answer"; sdp: string };
const track = { kind: "audio" } as MediaStreamTrack;
const stream = {} as MediaStream;

/** A browser's connection as far as negotiation goes; it is connected when both have the other's description. */
class FakeConnection {
  static opened: FakeConnection[] = [];
  signalingState = "stable";
  connectionState = "new";
  localDescription: Description | undefined;
  remoteDescription: Description | undefined;
  candidates: unknown[] = [];
  blocked = false;
  onnegotiationneeded?: () => void;
  onicecandidate?: (event: { candidate: { toJSON(): object } | null }) => void;
  ontrack?: (event: { track: MediaStreamTrack; streams: MediaStream[] }) => void;
  onconnectionstatechange?: () => void;
  readonly configuration: RTCConfiguration;

  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration;
    FakeConnection.opened.push(this);
  }
  addTrack() {
    queueMicrotask(() => this.signalingState === "stable" && this.onnegotiationneeded?.());
  }
  async setLocalDescription() {
    await Promise.resolve();
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.localDescription = { type, sdp: `${type} of ${FakeConnection.opened.indexOf(this)}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    setTimeout(() => this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: "a way" }) } }));
    if (type === "answer") this.become("connected");
  }
  async setRemoteDescription(description: Description) {
    await Promise.resolve();
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    this.ontrack?.({ track, streams: [stream] });
    if (description.type === "answer") this.become("connected");
  }
  async addIceCandidate(candidate: unknown) {
    if (!this.remoteDescription) throw new Error("a candidate before its description");
    this.candidates.push(candidate);
  }
  become(state: string) {
    if (this.blocked) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
  close() {
    this.connectionState = "closed";
  }
}

/** The server between the two: what one tells, the other gets, from whom. */
class Wire {
  private readonly listeners = new Map<string, Map<string, (data: never) => void>>();
  readonly told: object[] = [];
  refuses = false;

  of(own: string) {
    const mine = new Map<string, (data: never) => void>();
    this.listeners.set(own, mine);
    return {
      request: async (_: string, signal: { peerId: string }) => {
        await Promise.resolve();
        if (this.refuses) throw new Error("no such peer");
        this.told.push(signal);
        this.listeners.get(signal.peerId)?.get("signal")?.({ ...signal, peerId: own } as never);
        return { relayed: true };
      },
      on: (event: string, listener: (data: never) => void) => {
        mine.set(event, listener);
        return () => mine.delete(event);
      },
    };
  }
  tell(whom: string, event: string, data: object) {
    this.listeners.get(whom)?.get(event)?.(data as never);
  }
}

function person(wire: Wire, ownPeerId: string, peerId: string) {
  const heard: MediaStreamTrack[] = [];
  const fallbacks: string[] = [];
  const call = new DirectCall({
    signaling: wire.of(ownPeerId) as never,
    ownPeerId,
    peerId,
    iceServers: [{ urls: "turn:relay" }],
    onTrack: (heardTrack) => heard.push(heardTrack),
    onFallback: (why) => fallbacks.push(why),
    makeConnection: (configuration) => new FakeConnection(configuration) as unknown as RTCPeerConnection,
  });
  return { call, heard, fallbacks, connection: call.connection as unknown as FakeConnection };
}

function two() {
  const wire = new Wire();
  return { wire, ana: person(wire, "a", "b"), ben: person(wire, "b", "a") };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeConnection.opened = [];
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(1);

describe("direct call", () => {
  it("connects two browsers that never saw each other's server", async () => {
    const { ana, ben } = two();
    ana.call.send(track, stream);
    await settle();
    expect([ana.call.state, ben.call.state]).toEqual(["connected", "connected"]);
    expect(ben.heard).toEqual([track]);
    expect(ana.connection.candidates.length + ben.connection.candidates.length).toBeGreaterThan(0);
    expect(ana.connection.configuration.iceServers).toEqual([{ urls: "turn:relay" }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([...ana.fallbacks, ...ben.fallbacks]).toEqual([]);
  });

  it("begins with one offer though both have something to send", async () => {
    const { ana, ben, wire } = two();
    ben.call.send(track, stream);
    ana.call.send(track, stream);
    await settle();
    expect([ana.call.state, ben.call.state]).toEqual(["connected", "connected"]);
    const offers = wire.told.filter(
      (signal) => (signal as { description?: Description }).description?.type === "offer",
    );
    expect(offers.map((signal) => (signal as { peerId: string }).peerId)).toEqual(["b"]);
  });

  it("waits its turn, and takes it when no offer comes", async () => {
    const { ana, ben } = two();
    ben.call.send(track, stream);
    await vi.advanceTimersByTimeAsync(1_400);
    expect(ben.connection.signalingState).toBe("stable");
    await vi.advanceTimersByTimeAsync(200);
    expect([ana.call.state, ben.call.state]).toEqual(["connected", "connected"]);
    expect(ana.heard).toEqual([track]);
  });

  it("settles who gives way when both offer at once", async () => {
    const { ana, ben } = two();
    ben.call.send(track, stream);
    setTimeout(() => ana.call.send(track, stream), 1_500);
    await vi.advanceTimersByTimeAsync(1_502);
    expect([ana.call.state, ben.call.state]).toEqual(["connected", "connected"]);
    expect(ben.connection.localDescription?.type).toBe("answer");
  });

  it("offers again to somebody who came too late to hear it", async () => {
    for (const [early, late] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      const wire = new Wire();
      const first = person(wire, early, late);
      first.call.send(track, stream);
      await settle();
      const second = person(wire, late, early);
      second.call.send(track, stream);
      await vi.advanceTimersByTimeAsync(3_000);
      expect([first.call.state, second.call.state]).toEqual(["connected", "connected"]);
    }
  });

  it("falls back on both sides when no path is found in time", async () => {
    const { ana, ben } = two();
    ana.connection.blocked = true;
    ben.connection.blocked = true;
    ana.call.send(track, stream);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(ana.fallbacks).toEqual([]);
    await settle();
    expect([ana.fallbacks.length, ben.fallbacks.length]).toEqual([1, 1]);
    expect([ana.connection.connectionState, ben.connection.connectionState]).toEqual(["closed", "closed"]);
  });

  it("falls back at once when the connection fails, and after a while when it is lost", async () => {
    const first = two();
    first.ana.call.send(track, stream);
    await settle();
    first.ana.connection.become("failed");
    await settle();
    expect(first.ana.fallbacks).toEqual(["the direct connection failed"]);
    expect(first.ben.fallbacks).toEqual(["the other side ended it"]);

    const second = two();
    second.ana.call.send(track, stream);
    await settle();
    second.ana.connection.become("disconnected");
    second.ana.connection.become("connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(second.ana.fallbacks).toEqual([]);
    second.ana.connection.become("disconnected");
    await vi.advanceTimersByTimeAsync(5_000);
    expect([second.ana.fallbacks.length, second.ben.fallbacks.length]).toEqual([1, 1]);
  });

  it("ends for both when one wants the server, and once", async () => {
    const { ana, ben, wire } = two();
    ana.call.end("a third came");
    ana.call.end("again");
    await settle();
    expect([ana.fallbacks, ben.fallbacks]).toEqual([["a third came"], ["the other side ended it"]]);
    expect(wire.told).toEqual([{ peerId: "b", ended: true }]);
  });

  it("is over without a fallback when the other has left, and hears nothing from others", async () => {
    const { ana, ben, wire } = two();
    wire.tell("a", "signal", { peerId: "x", ended: true });
    wire.tell("a", "peerLeft", { peerId: "x" });
    expect(ana.call.state).toBe("connecting");
    wire.tell("a", "peerLeft", { peerId: "b" });
    ben.call.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([ana.call.state, ben.call.state]).toEqual(["over", "over"]);
    expect([...ana.fallbacks, ...ben.fallbacks]).toEqual([]);
  });

  it("falls back when the server does not relay", async () => {
    const { ana, wire } = two();
    wire.refuses = true;
    ana.call.send(track, stream);
    await settle();
    expect(ana.fallbacks).toEqual(["no such peer"]);
  });
});
