import type { Session } from "@greenroom/contract";

const HOUR_MS = 3_600_000;

/** What comes next (running now first, then by time), and what has been, the latest first. */
export function sortSessions(sessions: Session[], nowMs: number): { next: Session[]; recent: Session[] } {
  const upcoming = sessions.filter((session) => session.state === "live" || session.state === "scheduled");
  const next = upcoming.sort((a, b) => urgency(a, nowMs) - urgency(b, nowMs)).slice(0, 3);
  const recent = sessions.filter((session) => !next.includes(session)).sort((a, b) => createdAt(b) - createdAt(a));
  return { next, recent };
}

/** Smaller is sooner; a session without a time ranks as if it were within the hour, the newest first. */
function urgency(session: Session, nowMs: number): number {
  if (session.state === "live") return Number.NEGATIVE_INFINITY;
  if (session.scheduledAt) return Math.abs(Date.parse(session.scheduledAt) - nowMs);
  return HOUR_MS + (nowMs - createdAt(session));
}

function createdAt(session: Session): number {
  return Date.parse(session.createdAt);
}
