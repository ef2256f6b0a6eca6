import type { ConnectionQuality, Ms, StatsResult } from "@greenroom/contract";

export type QualityLevel = "good" | "unstable" | "poor";

/** What is wrong, as far as it can be told, with the number that goes with it. */
export type QualityCause = { what: "loss"; share: number } | { what: "delay"; ms: Ms } | { what: "jitter"; ms: Ms };

export interface QualityVerdict {
  level: QualityLevel;
  cause?: QualityCause;
}

/** One look at one's own connection, every two seconds. */
export interface QualitySample {
  atMs: Ms;
  /** Bits per second, unknown at the first look. */
  up?: number;
  down?: number;
  lossUp: number;
  lossDown: number;
  roundTripMs?: Ms;
  /** 0–10, the lowest of what is sent. */
  uplinkScore: number;
}

const GOOD_FROM = 8;
const UNSTABLE_FROM = 5;
const WORTH_A_WORD = { loss: 0.01, delay: 300, jitter: 30 };

/** Scores judge what is left after repair; losses and delays say why. */
export function judge(quality: ConnectionQuality): QualityVerdict {
  if (quality.score >= GOOD_FROM) return { level: "good" };
  const level = quality.score >= UNSTABLE_FROM ? "unstable" : "poor";
  const share = Math.max(quality.lossUp, quality.lossDown);
  if (share >= WORTH_A_WORD.loss) return { level, cause: { what: "loss", share } };
  const ms = quality.roundTripMs ?? 0;
  if (ms >= WORTH_A_WORD.delay) return { level, cause: { what: "delay", ms } };
  if (quality.jitterMs >= WORTH_A_WORD.jitter) return { level, cause: { what: "jitter", ms: quality.jitterMs } };
  return { level };
}

/** What two answers of `getStats`, one after the other, say. Streams that are in both count for the rates. */
export function sampleOf(now: StatsResult, atMs: Ms, before?: { stats: StatsResult; atMs: Ms }): QualitySample {
  const { quality, producers, consumers } = now;
  const seconds = before ? (atMs - before.atMs) / 1_000 : 0;
  const rate = (bytes: number) => (seconds > 0 ? { bits: (bytes * 8) / seconds } : undefined);
  const up = rate(growth(producers, before?.stats.producers, "producerId", "bytesReceived"));
  const down = rate(growth(consumers, before?.stats.consumers, "consumerId", "bytesSent"));
  return {
    atMs,
    ...(up && { up: up.bits }),
    ...(down && { down: down.bits }),
    lossUp: quality.lossUp,
    lossDown: quality.lossDown,
    ...(quality.roundTripMs !== undefined && { roundTripMs: quality.roundTripMs }),
    uplinkScore: Math.min(10, ...producers.map(({ score }) => score)),
  };
}

function growth<T>(now: T[], before: T[] | undefined, id: keyof T, count: keyof T): number {
  const known = new Map(before?.map((one) => [one[id], Number(one[count])]));
  return now.reduce((sum, one) => {
    const was = known.get(one[id]);
    return was === undefined ? sum : sum + Math.max(0, Number(one[count]) - was);
  }, 0);
}

const TROUBLED_AFTER = 2;
const CALM_AFTER = 5;
const BAD_UPLINK = { score: 6, loss: 0.08 };

/** Whether to speak of a bad way up: not at the first hiccup, and not unsaid at the first good moment. */
export function uplinkTroubled(samples: readonly QualitySample[], was: boolean): boolean {
  const wanted = was ? CALM_AFTER : TROUBLED_AFTER;
  const latest = samples.slice(-wanted).map(({ uplinkScore, lossUp }) => {
    return uplinkScore < BAD_UPLINK.score || lossUp > BAD_UPLINK.loss;
  });
  if (was) return latest.length < wanted || latest.some(Boolean);
  return latest.length === wanted && latest.every(Boolean);
}
