import type { Ms } from "@greenroom/contract";

const WINDOW_MS = 10_000;
const POINTS_MAX = 64;

/** How fast it has gone lately, from what the server has confirmed when. */
export class Speed {
  private readonly points: { atMs: Ms; bytes: number }[] = [];

  confirmed(bytes: number, now: Ms): void {
    const last = this.points.at(-1);
    if (last && bytes < last.bytes) this.points.length = 0;
    this.points.push({ atMs: now, bytes });
    while (this.points.length > POINTS_MAX || (this.points[0] as { atMs: Ms }).atMs < now - WINDOW_MS)
      this.points.shift();
  }

  /** Nothing while it stands still or has only begun. */
  bytesPerSecond(now: Ms): number | undefined {
    const first = this.points.find(({ atMs }) => atMs >= now - WINDOW_MS);
    const last = this.points.at(-1);
    if (!first || !last || last.bytes === first.bytes) return undefined;
    return ((last.bytes - first.bytes) * 1_000) / Math.max(1, now - first.atMs);
  }
}
