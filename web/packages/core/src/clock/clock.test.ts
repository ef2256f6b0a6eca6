import { describe, expect, it } from "vitest";
import { seeded } from "../testing/random";
import { bestOf, type ClockSample, keepRecent, sampleOf } from "./clock";

describe("clock", () => {
  it("finds the offset exactly when both ways take the same time", () => {
    const sample = sampleOf(1_000, 6_020, 6_021, 1_041);
    expect(sample.roundTripMs).toBe(40);
    expect(sample.offsetMs).toBe(5_000);
  });

  it("is never further off than half the best round trip, whatever the network does", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const truth = (random.next() - 0.5) * 1e7;
      let samples: ClockSample[] = [];
      let now = 0;
      for (let round = 0; round < 30; round++) {
        now += 2_000;
        const [there, back, busy] = [1 + random.next() * 400, 1 + random.next() * 400, random.next()];
        const arrived = now + there + truth;
        samples = keepRecent(samples, sampleOf(now, arrived, arrived + busy, now + there + busy + back));
      }
      const best = bestOf(samples) as ClockSample;
      expect(Math.abs(best.offsetMs - truth), `seed ${seed}`).toBeLessThanOrEqual(best.roundTripMs / 2 + 1e-6);
    }
  });

  it("forgets what is older than a minute", () => {
    const old = { offsetMs: 1, roundTripMs: 1, takenAtMs: 0 };
    const recent = { offsetMs: 2, roundTripMs: 50, takenAtMs: 61_000 };
    expect(bestOf(keepRecent([old], recent))).toBe(recent);
  });
});
