import { describe, expect, it } from "vitest";
import { isPaused, takeTime } from "./take_time";

const take = { startedAtMs: 1_000, pauses: [{ fromMs: 3_000, untilMs: 5_000 }, { fromMs: 9_000 }] };

describe("the time of a take", () => {
  it("stands still in pauses", () => {
    expect([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 9_000, 99_000].map((at) => takeTime(take, at))).toEqual([
      0, 1_000, 2_000, 2_000, 2_000, 3_000, 6_000, 6_000,
    ]);
  });

  it("is never below nothing, and stands still at the stop", () => {
    expect(takeTime(take, 0)).toBe(0);
    expect(takeTime({ startedAtMs: 0, stoppedAtMs: 10 }, 50)).toBe(10);
  });

  it("is paused while its last pause has no end", () => {
    expect([isPaused(take), isPaused({ startedAtMs: 0 }), isPaused(undefined)]).toEqual([true, false, false]);
    expect(isPaused({ startedAtMs: 0, pauses: [{ fromMs: 1, untilMs: 2 }] })).toBe(false);
  });
});
