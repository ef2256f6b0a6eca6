import type * as Room from "./events.gen";
import type { Marker, Participant, SessionState, Source, Take } from "./model";

export type { ClientEvents, ConnectionQuality, PeerInfo, ProducerInfo, StatsResult } from "./events.gen";

/** How far one person's recording of one source is kept in their browser, and how far it has arrived. */
export interface RecordingProgress extends Omit<Room.RecordingProgress, "source"> {
  participantId: string;
  source: Source;
}

export interface JobProgress {
  sessionId: string;
  takeId: string;
  jobId: string;
  stage: string;
  progress: number;
  etaS?: number;
}

/** What a session's followers are told, beside what happens in its room. */
export interface SessionEvents {
  takeStarted: { take: Take };
  takePaused: { take: Take };
  takeResumed: { take: Take };
  takeStopped: { take: Take };
  markerAdded: { marker: Marker };
  markerChanged: { marker: Marker };
  markerRemoved: { marker: Marker };
  participantWaiting: { participant: Participant };
  participantAdmitted: { participantId: string };
  participantRemoved: { participantId: string };
  participantChanged: { participant: Participant };
  permissionsChanged: { sessionId: string };
  sessionEnded: { sessionId: string };
  sessionChanged: { sessionId: string; state: SessionState };
  jobProgress: JobProgress;
}

export interface ServerEvents extends Room.ServerEvents, SessionEvents {}
