import type { NewSession, RecordingSettings, Session, SessionKind } from "@greenroom/contract";
import { t } from "../i18n";

/** What a person can set about a session; null where it is left open. */
export interface SessionValues {
  title: string;
  kind: SessionKind;
  projectId: string | null;
  scheduledAt: string | null;
  lengthMinutes: number | null;
  lobby: boolean;
  participantsMax: number;
  recording: RecordingSettings;
}

export const KINDS: SessionKind[] = ["podcast", "class", "call"];
export const PARTICIPANTS_MAX: Record<SessionKind, number> = { podcast: 10, call: 10, class: 300 };

const USUAL: RecordingSettings = { audio: "lossless", videoHeight: 720, frameRate: 30 };

export function newSessionValues(projectId?: string): SessionValues {
  return {
    title: "",
    kind: "podcast",
    projectId: projectId ?? null,
    scheduledAt: null,
    lengthMinutes: null,
    lobby: false,
    participantsMax: PARTICIPANTS_MAX.podcast,
    recording: USUAL,
  };
}

export function valuesOf(session: Session): SessionValues {
  const { title, kind, projectId, scheduledAt, lengthMinutes, lobby, participantsMax, recording } = session;
  return {
    title,
    kind,
    projectId: projectId ?? null,
    scheduledAt: scheduledAt ? new Date(scheduledAt).toISOString() : null,
    lengthMinutes: lengthMinutes ?? null,
    lobby,
    participantsMax,
    recording: recording as RecordingSettings,
  };
}

/** A new session says only what is set. */
export function asNewSession(values: SessionValues): NewSession {
  const { projectId, scheduledAt, lengthMinutes, recording, ...rest } = values;
  return {
    ...rest,
    ...(recordingWords(recording) !== recordingWords(USUAL) || recording.videoKbits ? { recording } : {}),
    ...(projectId && { projectId }),
    ...(scheduledAt && { scheduledAt }),
    ...(lengthMinutes && { lengthMinutes }),
  };
}

/** "Lossless, 1080p, 30". */
export function recordingWords({ audio, videoHeight, frameRate, rawMic }: RecordingSettings): string {
  const picture = videoHeight === 2160 ? "4K" : `${videoHeight}p`;
  const sound = t(`recording.audio.${audio}`);
  return t(rawMic ? "recording.wordsWithRaw" : "recording.words", { sound, picture, rate: frameRate });
}

/** Another kind brings its own number of people, unless somebody has chosen one. */
export function withKind(values: SessionValues, kind: SessionKind): SessionValues {
  const untouched = values.participantsMax === PARTICIPANTS_MAX[values.kind];
  return { ...values, kind, participantsMax: untouched ? PARTICIPANTS_MAX[kind] : values.participantsMax };
}
