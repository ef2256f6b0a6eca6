import type { Session } from "@greenroom/contract";
import { SessionRow } from "./session_row";

export function SessionList({ sessions }: { sessions: Session[] }) {
  return (
    <ul className="mt-4 divide-y overflow-hidden rounded-lg border bg-surface">
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </ul>
  );
}
