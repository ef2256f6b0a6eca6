import type { Ms, RecordingProgress, Source } from "@greenroom/contract";
import type { UploadItem } from "../uploader";

type Report = Omit<RecordingProgress, "participantId">;

/** However still it is, everyone hears this often; news of what is safe, no sooner than this after the last. */
const TELL_MS = 1_000;
const NEWS_MS = 500;

/**
 * How far one source of a take has come. Several stems of it follow one another; the earliest that has not arrived decides
 * what is safe. Where nothing more is recorded of it (`restsAtMs`), it holds nobody back once it has all arrived.
 */
export function reportOf(take: { id: string; startedAtMs: Ms }, items: UploadItem[], restsAtMs?: Ms): Report {
  const open = items.find((item) => item.phase !== "done");
  const last = items.at(-1) as UploadItem;
  const safeUntilMs = open ? open.safeUntilMs : Math.max(last.safeUntilMs, restsAtMs ?? 0);
  return {
    takeId: take.id,
    ...(last.stemId ? { stemId: last.stemId } : {}),
    source: last.source,
    capturedMs: Math.max(0, last.capturedUntilMs - take.startedAtMs),
    safeMs: Math.max(0, safeUntilMs - take.startedAtMs),
    pendingBytes: items.reduce((sum, item) => sum + Math.max(0, item.localBytes - item.confirmedBytes), 0),
  };
}

/** When a source is told of again: its safe point as soon as it moves, everything else once a second. */
export class Telling {
  private readonly last = new Map<Source, { report: Report; atMs: Ms }>();

  isDue(report: Report, nowMs: Ms): boolean {
    const told = this.last.get(report.source);
    if (told?.report.takeId !== report.takeId) return true;
    return nowMs - told.atMs >= (told.report.safeMs === report.safeMs ? TELL_MS : NEWS_MS);
  }

  told(report: Report, nowMs: Ms): void {
    this.last.set(report.source, { report, atMs: nowMs });
  }
}
