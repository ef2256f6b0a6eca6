import type { Ms } from "@greenroom/contract";

/**
 * When was a sample captured? The audio thread notes, for each moment it is called, local time minus the position on
 * the sample clock. Calls come late, never early, so the least of these differences in a window is nearest the truth;
 * the window is short enough that a drift of 100 ppm stays below 2 ms and long enough to outlast a busy moment.
 */
const WINDOW_BLOCKS = 32;

export class CaptureClock {
  private readonly sampleRate: number;
  private readonly differences: Ms[] = [];

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
  }

  /** `leastDifferenceMs`: the least of (local time - position) seen while the block was filled. */
  observe(leastDifferenceMs: Ms): void {
    this.differences.push(leastDifferenceMs);
    if (this.differences.length > WINDOW_BLOCKS) this.differences.shift();
  }

  /** Local time of a frame of the context's sample clock. */
  timeOf(frame: number): Ms {
    return (frame / this.sampleRate) * 1_000 + Math.min(...this.differences);
  }
}
