import type { Ms } from "@greenroom/contract";

/** A take as far as its time goes: when it began and which stretches it leaves out. Server times. */
export interface TakeTimes {
  startedAtMs: Ms;
  stoppedAtMs?: Ms;
  pauses?: { fromMs: Ms; untilMs?: Ms }[];
}

export function isPaused(take: TakeTimes | undefined): boolean {
  const last = take?.pauses?.at(-1);
  return last !== undefined && last.untilMs === undefined;
}

/** How much had been recorded at that moment: the place it has in the finished recording. */
export function takeTime({ startedAtMs, stoppedAtMs, pauses = [] }: TakeTimes, atMs: Ms): Ms {
  const at = Math.min(atMs, stoppedAtMs ?? atMs);
  const left = pauses.reduce((sum, { fromMs, untilMs = at }) => {
    return sum + Math.max(0, Math.min(untilMs, at) - Math.max(fromMs, startedAtMs));
  }, 0);
  return Math.max(0, at - startedAtMs - left);
}
