import type { Ms, RecordingProgress } from "@greenroom/contract";
import type { UploadItem } from "../uploader";

/**
 * How far one source of a take has come. Several stems of it follow one another; the earliest that has not arrived decides
 * what is safe. Where nothing more is recorded of it (`restsAtMs`), it holds nobody back once it has all arrived.
 */
export function reportOf(
  take: { id: string; startedAtMs: Ms },
  items: UploadItem[],
  restsAtMs?: Ms,
): Omit<RecordingProgress, "participantId"> {
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
