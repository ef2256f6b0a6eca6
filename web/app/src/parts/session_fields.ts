import type { NewSession, Session, SessionKind } from "@greenroom/contract";

/** What a person can set about a session; null where it is left open. */
export interface SessionValues {
  title: string;
  kind: SessionKind;
  projectId: string | null;
  scheduledAt: string | null;
  lengthMinutes: number | null;
  lobby: boolean;
  participantsMax: number;
}

export const KINDS: SessionKind[] = ["podcast", "class", "call"];
export const PARTICIPANTS_MAX: Record<SessionKind, number> = { podcast: 10, call: 10, class: 300 };

export function newSessionValues(projectId?: string): SessionValues {
  return {
    title: "",
    kind: "podcast",
    projectId: projectId ?? null,
    scheduledAt: null,
    lengthMinutes: null,
    lobby: false,
    participantsMax: PARTICIPANTS_MAX.podcast,
  };
}

export function valuesOf(session: Session): SessionValues {
  const { title, kind, projectId, scheduledAt, lengthMinutes, lobby, participantsMax } = session;
  return {
    title,
    kind,
    projectId: projectId ?? null,
    scheduledAt: scheduledAt ? new Date(scheduledAt).toISOString() : null,
    lengthMinutes: lengthMinutes ?? null,
    lobby,
    participantsMax,
  };
}

/** A new session says only what is set. */
export function asNewSession({ projectId, scheduledAt, lengthMinutes, ...rest }: SessionValues): NewSession {
  return {
    ...rest,
    ...(projectId && { projectId }),
    ...(scheduledAt && { scheduledAt }),
    ...(lengthMinutes && { lengthMinutes }),
  };
}

/** Another kind brings its own number of people, unless somebody has chosen one. */
export function withKind(values: SessionValues, kind: SessionKind): SessionValues {
  const untouched = values.participantsMax === PARTICIPANTS_MAX[values.kind];
  return { ...values, kind, participantsMax: untouched ? PARTICIPANTS_MAX[kind] : values.participantsMax };
}
