import type { Participant, SessionState, Source, Take } from "./model";

/** The media shapes are mediasoup's own; core gives them their types at the one place that uses them. */
type Shape = Record<string, unknown>;

export interface ProducerInfo {
  producerId: string;
  kind: "audio" | "video";
  appData: { source?: Source };
  paused?: boolean;
}
export interface PeerInfo {
  peerId: string;
  userId: string;
  name?: string;
  participantId?: string;
  producers: ProducerInfo[];
}
export interface RecordingProgress {
  participantId: string;
  takeId: string;
  stemId?: string;
  source: Source;
  /** Since the take's start, kept in this browser. */
  capturedMs: number;
  /** Since the take's start, confirmed by the server. */
  safeMs: number;
  pendingBytes: number;
}
export interface JobProgress {
  sessionId: string;
  takeId: string;
  jobId: string;
  stage: string;
  progress: number;
  etaS?: number;
}

/** Client to server: event → [payload, acknowledgement]. */
export interface ClientEvents {
  createRoom: [{ callId: string }, { rtpCapabilities: Shape }];
  joinRoom: [{ callId: string; userId: string; rtpCapabilities: Shape }, { peerId: string; peers: PeerInfo[] }];
  createTransport: [
    { direction: "send" | "recv" },
    { id: string; iceParameters: Shape; iceCandidates: Shape[]; dtlsParameters: Shape },
  ];
  connectTransport: [{ transportId: string; dtlsParameters: Shape }, { connected: boolean }];
  produce: [
    { transportId: string; kind: "audio" | "video"; rtpParameters: Shape; appData: { source: Source } },
    { id: string },
  ];
  consume: [
    { transportId: string; producerId: string; rtpCapabilities: Shape },
    { id: string; producerId: string; kind: "audio" | "video"; rtpParameters: Shape; paused?: boolean },
  ];
  resumeConsumer: [{ consumerId: string }, { resumed: boolean }];
  getProducers: [Record<string, never>, { producers: (ProducerInfo & { peerId?: string })[] }];
  leaveRoom: [Record<string, never>, { left: boolean }];
  closeProducer: [{ producerId: string }, unknown];
  pauseProducer: [{ producerId: string }, unknown];
  resumeProducer: [{ producerId: string }, unknown];
  closeConsumer: [{ consumerId: string }, unknown];
  setConsumerPreferredLayers: [{ consumerId: string; spatialLayer: number; temporalLayer?: number }, unknown];
  requestKeyFrame: [{ consumerId: string }, unknown];
  clock: [{ t0: number }, { t0: number; t1: number; t2: number }];
  subscribe: [{ sessionId: string }, { subscribed: boolean }];
  recordingProgress: [Omit<RecordingProgress, "participantId">, unknown];
}

/** Server to client. */
export interface ServerEvents {
  peerJoined: PeerInfo;
  peerLeft: { peerId: string };
  newProducer: ProducerInfo & { peerId: string };
  producerClosed: { producerId: string };
  producerPaused: { producerId: string };
  producerResumed: { producerId: string };
  consumerClosed: { consumerId: string };
  activeSpeaker: { peerId?: string };
  displaced: Record<string, never>;
  recordingProgress: RecordingProgress;
  takeStarted: { take: Take };
  takeStopped: { take: Take };
  participantWaiting: { participant: Participant };
  participantAdmitted: { participantId: string };
  participantRemoved: { participantId: string };
  participantChanged: { participant: Participant };
  sessionChanged: { sessionId: string; state: SessionState };
  jobProgress: JobProgress;
}
