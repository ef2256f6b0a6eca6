import type { ConnectionQuality, StatsResult } from "@greenroom/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeRoomServer } from "../testing/fake_room_server";
import { LOOK_EVERY_MS, Quality } from "./quality";
import { judge, type QualitySample, sampleOf, uplinkTroubled } from "./quality_rules";

const quality = (changes: Partial<ConnectionQuality> = {}): ConnectionQuality => ({
  score: 10,
  lossUp: 0,
  lossDown: 0,
  jitterMs: 2,
  ...changes,
});
const stats = (sent: Record<string, number>, received: Record<string, number>, score = 10): StatsResult =>
  ({
    quality: quality({ roundTripMs: 20 }),
    transports: [],
    producers: Object.entries(sent).map(([producerId, bytesReceived]) => ({ producerId, bytesReceived, score })),
    consumers: Object.entries(received).map(([consumerId, bytesSent]) => ({ consumerId, bytesSent })),
  }) as unknown as StatsResult;

describe("judging", () => {
  it("names the cause that a person notices first", () => {
    expect(judge(quality())).toEqual({ level: "good" });
    expect(judge(quality({ score: 7, lossUp: 0.04, lossDown: 0.01, roundTripMs: 500 }))).toEqual({
      level: "unstable",
      cause: { what: "loss", share: 0.04 },
    });
    expect(judge(quality({ score: 3, roundTripMs: 500 }))).toEqual({
      level: "poor",
      cause: { what: "delay", ms: 500 },
    });
    expect(judge(quality({ score: 6, jitterMs: 60 }))).toEqual({
      level: "unstable",
      cause: { what: "jitter", ms: 60 },
    });
    expect(judge(quality({ score: 0 }))).toEqual({ level: "poor" });
  });

  it("counts what the streams of both answers have carried in between", () => {
    const before = { stats: stats({ mic: 1_000, gone: 50_000 }, { a: 0 }), atMs: 0 };
    const sample = sampleOf(stats({ mic: 2_000, camera: 90_000 }, { a: 500 }), 2_000, before);
    expect(sample).toMatchObject({ up: 4_000, down: 2_000, roundTripMs: 20, uplinkScore: 10 });
    expect(sampleOf(stats({ mic: 1 }, {}), 0)).not.toHaveProperty("up");
  });

  it("speaks of a bad way up after two looks and is content again after five", () => {
    const look = (uplinkScore: number) => ({ uplinkScore, lossUp: 0 }) as QualitySample;
    let troubled = false;
    const seen: QualitySample[] = [];
    const after = (score: number) => {
      seen.push(look(score));
      troubled = uplinkTroubled(seen, troubled);
      return troubled;
    };
    expect([10, 4, 10, 4, 4].map(after)).toEqual([false, false, false, false, true]);
    expect([10, 10, 10, 10, 10, 10].map(after)).toEqual([true, true, true, true, false, false]);
  });
});

describe("following", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function following() {
    const signaling = new FakeRoomServer().connect();
    const answers: StatsResult[] = [];
    signaling.request = (async () => answers.shift()) as never;
    const one = new Quality({ signaling, keyOf: (peerId) => (peerId === "peer-2" ? "ben" : undefined), now: Date.now });
    return { signaling, answers, one, state: () => one.store.getState() };
  }

  it("knows of everyone what is told, until they leave", () => {
    const { signaling, state, one } = following();
    signaling.receive("connectionQuality", { peerId: "peer-2", quality: quality({ score: 6, lossDown: 0.1 }) });
    signaling.receive("connectionQuality", { peerId: "nobody", quality: quality({ score: 1 }) });
    expect(state().verdicts).toEqual({ ben: { level: "unstable", cause: { what: "loss", share: 0.1 } } });
    signaling.receive("peerLeft", { peerId: "peer-2", participantId: "ben" });
    expect(state().verdicts).toEqual({});
    one.close();
  });

  it("looks every two seconds while connected and keeps five minutes", async () => {
    const { answers, state, one } = following();
    for (let at = 0; at < 200; at++) answers.push(stats({ mic: at * 8_000 }, {}, at < 190 ? 10 : 3));
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS * 200);
    expect(state().samples.length).toBe(150);
    expect(state().samples.at(-1)).toMatchObject({ up: 32_000, uplinkScore: 3 });
    expect(state().uplinkTroubled).toBe(true);
    one.close();
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS * 3);
    expect(answers.length).toBe(0);
  });

  it("leaves a gap where the connection was lost, and guesses no rate across it", async () => {
    const { signaling, answers, state, one } = following();
    answers.push(stats({ mic: 0 }, {}), stats({ mic: 8_000 }, {}), stats({ mic: 9_000_000 }, {}));
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS * 2);
    signaling.cut();
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS * 5);
    signaling.restore();
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
    expect(state().samples.map(({ up }) => up)).toEqual([undefined, 32_000, undefined]);
    one.close();
  });
});
