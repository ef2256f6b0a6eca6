import { expect, it } from "vitest";
import { seeded } from "../testing/random";
import { CaptureClock } from "./capture_clock";

it("stays within two milliseconds of the truth with a drifting sample clock and late calls", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seeded(seed);
    const drift = 1 + (random.next() - 0.5) * 200e-6;
    const clock = new CaptureClock(48_000);
    const began = 1_700_000_000_000;
    for (let block = 0; block < 600; block++) {
      const frame = block * 24_000;
      const truth = began + (frame / 48_000) * 1_000 * drift;
      const quickestCallMs = random.next() * 0.5 + (random.chance(0.1) ? random.next() * 80 : 0);
      clock.observe(truth + quickestCallMs - (frame / 48_000) * 1_000);
      expect(Math.abs(clock.timeOf(frame) - truth), `seed ${seed}, block ${block}`).toBeLessThan(block < 4 ? 81 : 2.5);
    }
  }
});
