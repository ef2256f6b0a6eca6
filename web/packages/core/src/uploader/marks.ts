import type { Ms } from "@greenroom/contract";

/** Which moment of the recording do the first N bytes reach? Kept only for what the server has not confirmed yet. */
const MARKS_MAX = 4_096;

export class Marks {
  private readonly open: { bytes: number; untilMs: Ms }[] = [];
  private reachedMs: Ms;
  private latestMs: Ms;

  constructor(startedAtMs: Ms) {
    this.reachedMs = startedAtMs;
    this.latestMs = startedAtMs;
  }

  add(bytes: number, untilMs: Ms): void {
    this.latestMs = untilMs;
    // Far behind the live edge a coarser answer is as good: the newest mark gives way.
    if (this.open.length >= MARKS_MAX) this.open.pop();
    this.open.push({ bytes, untilMs });
  }

  latest(): Ms {
    return this.latestMs;
  }

  reached(confirmedBytes: number): Ms {
    while (this.open[0] && this.open[0].bytes <= confirmedBytes)
      this.reachedMs = (this.open.shift() as { untilMs: Ms }).untilMs;
    return this.reachedMs;
  }
}
