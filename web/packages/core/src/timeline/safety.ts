import type { Ms, RecordingProgress } from "@greenroom/contract";

/** What one person has of the take, all their sources together. */
export interface PersonProgress {
  participantId: string;
  capturedMs: Ms;
  safeMs: Ms;
  pendingBytes: number;
}

/** The latest report of each source of each person; older takes fall away. */
export function keepLatest(reports: RecordingProgress[], next: RecordingProgress): RecordingProgress[] {
  const others = reports.filter(
    (report) =>
      report.takeId === next.takeId && !(report.participantId === next.participantId && report.source === next.source),
  );
  return [...others, next];
}

export function byPerson(reports: RecordingProgress[]): PersonProgress[] {
  const people = new Map<string, PersonProgress>();
  for (const { participantId, capturedMs, safeMs, pendingBytes } of reports) {
    const known = people.get(participantId);
    people.set(participantId, {
      participantId,
      capturedMs: Math.max(known?.capturedMs ?? 0, capturedMs),
      safeMs: Math.min(known?.safeMs ?? Number.POSITIVE_INFINITY, safeMs),
      pendingBytes: (known?.pendingBytes ?? 0) + pendingBytes,
    });
  }
  return [...people.values()];
}

/** The moment up to which everyone's recording is on the server; undefined before the first report. */
export function safeUpTo(reports: RecordingProgress[]): Ms | undefined {
  const people = byPerson(reports);
  return people.length === 0 ? undefined : Math.max(0, Math.min(...people.map((person) => person.safeMs)));
}
