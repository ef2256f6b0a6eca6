import type * as Events from "./events.gen";

export type {
  ClientEvents,
  ConnectionQuality,
  JobProgressNotice as JobProgress,
  PeerInfo,
  ProducerInfo,
  ServerEvents,
  StatsResult,
} from "./events.gen";

/** How far one person's recording of one source is kept in their browser, and how far it has arrived. */
export interface RecordingProgress extends Events.RecordingProgress {
  participantId: string;
}
