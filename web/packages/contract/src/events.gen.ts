// Made by tools/event_types.mjs from docs/events.json. Not to be edited.

export interface ActiveSpeakerNotice {
  peerId?: string;
}

export interface AudioLevel {
  peerId: string;
  producerId: string;
  volume: number;
}

export interface AudioLevelsNotice {
  levels: AudioLevel[];
}

export interface AudioLevelsRequest {
  wanted: boolean;
}

export interface ClockRequest {
  t0: number;
}

export interface ClockResult {
  t0: number;
  t1: number;
  t2: number;
}

export interface ClosedResult {
  closed: boolean;
}

export interface ConnectTransportRequest {
  transportId: string;
  dtlsParameters: DtlsParameters;
}

export interface ConnectedResult {
  connected: boolean;
}

export interface ConnectionQuality {
  score: number;
  lossUp: number;
  lossDown: number;
  jitterMs: number;
  roundTripMs?: number;
}

export interface ConnectionQualityNotice {
  peerId: string;
  quality: ConnectionQuality;
}

export interface ConsumeDataRequest {
  transportId: string;
  dataProducerId: string;
}

export interface ConsumeDataResult {
  id: string;
  dataProducerId: string;
  sctpStreamParameters: SctpStreamParameters;
  label: string;
  protocol: string;
}

export interface ConsumeRequest {
  transportId: string;
  producerId: string;
  rtpCapabilities: RtpCapabilities;
  slot?: ConsumerSlot;
}

export interface ConsumeResult {
  id: string;
  producerId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  type: ConsumerType;
  producerPaused: boolean;
}

export interface ConsumerClosedNotice {
  consumerId: string;
  producerId: string;
}

export interface ConsumerPriorityRequest {
  consumerId: string;
  priority: number;
}

export interface ConsumerRequest {
  consumerId: string;
}

export interface ConsumerScoreNotice {
  consumerId: string;
  score: number;
  producerScore: number;
}

export interface ConsumerSlot {
  mid: string;
  ssrc: number;
  rtxSsrc?: number;
}

export interface ConsumerStat {
  consumerId: string;
  producerId: string;
  kind: MediaKind;
  score: number;
  producerScore: number;
  packetsSent: number;
  bytesSent: number;
  retransmittedPacketsSent: number;
  nackCount: number;
  pliCount: number;
  packetsLost: number;
  fractionLost: number;
  jitter: number;
  roundTripTime?: number;
  spatialLayer?: number;
  temporalLayer?: number;
}

export type ConsumerType = "simple" | "simulcast" | "svc";

export interface CreateRoomRequest {
  callId: string;
}

export interface CreateRoomResult {
  rtpCapabilities: RtpCapabilities;
}

export interface CreateTransportRequest {
  direction: Direction;
}

export interface CreateTransportResult {
  id: string;
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  dtlsParameters: DtlsParameters;
  sctpParameters: SctpParameters;
  iceServers?: IceServer[];
}

export interface DataConsumerClosedNotice {
  dataConsumerId: string;
  dataProducerId: string;
  reason: DataEnd;
}

export interface DataConsumerRequest {
  dataConsumerId: string;
}

export type DataEnd = "producer_closed" | "transport_closed" | "too_slow" | "failed";

export interface DataProducerInfo {
  dataProducerId: string;
  peerId: string;
  userId: string;
  participantId?: string;
  label: string;
  protocol: string;
  appData: unknown;
}

export interface DataProducerNotice {
  dataProducerId: string;
  peerId: string;
  revision: number;
}

export interface DataProducerRequest {
  dataProducerId: string;
}

export type Direction = "send" | "recv";

export interface DtlsFingerprint {
  algorithm: string;
  value: string;
}

export interface DtlsParameters {
  role?: string;
  fingerprints: DtlsFingerprint[];
}

export type EmptyNotice = Record<string, never>;

export type EmptyRequest = Record<string, never>;

export interface EncodingStat {
  bitrate: number;
  score: number;
  pliCount: number;
}

export type ExtensionDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface IceCandidate {
  foundation: string;
  priority: number;
  ip: string;
  address: string;
  protocol: string;
  port: number;
  type: string;
  tcpType?: string;
}

export interface IceParameters {
  usernameFragment: string;
  password: string;
  iceLite?: boolean;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface JobProgressNotice {
  sessionId: string;
  takeId: string;
  jobId: string;
  state: JobState;
  stage: string;
  progress: number;
  etaS?: number;
  error?: string;
}

export type JobState = "queued" | "running" | "done" | "dead";

export interface JoinRoomRequest {
  callId: string;
  userId: string;
  rtpCapabilities: RtpCapabilities;
}

export interface JoinRoomResult {
  peerId: string;
  peers: PeerInfo[];
  mode: RoomMode;
  iceServers?: IceServer[];
  revision: number;
}

export interface LayersNotice {
  consumerId: string;
  spatialLayer?: number;
  temporalLayer?: number;
}

export interface LeaveRoomResult {
  left: boolean;
}

export interface Marker {
  id: string;
  takeId: string;
  atMs: number;
  label: string;
  participantId?: string;
}

export interface MarkerNotice {
  marker: Marker;
}

export type MediaKind = "audio" | "video";

export interface NewDataProducerNotice {
  dataProducerId: string;
  peerId: string;
  userId: string;
  participantId?: string;
  label: string;
  protocol: string;
  appData: unknown;
  revision: number;
}

export interface NewProducerNotice {
  producerId: string;
  peerId: string;
  userId: string;
  participantId?: string;
  kind: MediaKind;
  appData: unknown;
  paused: boolean;
  revision: number;
}

export type Origin = "local" | "backup";

export interface Participant {
  id: string;
  name: string;
  role: Role;
  state: ParticipantState;
  joinedAt: string;
  leftAt?: string;
  consentedAt?: string;
  recordingLimit?: RecordingLimit;
}

export interface ParticipantIdNotice {
  participantId: string;
}

export interface ParticipantNotice {
  participant: Participant;
}

export type ParticipantState = "waiting" | "admitted" | "removed";

export interface Pause {
  fromMs: number;
  untilMs?: number;
}

export interface PausedResult {
  paused: boolean;
}

export interface PeerInfo {
  peerId: string;
  userId: string;
  participantId?: string;
  name: string;
  producers: ProducerInfo[];
  dataProducers: DataProducerInfo[];
}

export interface PeerJoinedNotice {
  peerId: string;
  userId: string;
  participantId?: string;
  name: string;
  producers: ProducerInfo[];
  dataProducers: DataProducerInfo[];
  revision: number;
}

export interface PeerLeftNotice {
  peerId: string;
  userId: string;
  participantId?: string;
  revision: number;
}

export interface PreferredLayersRequest {
  consumerId: string;
  spatialLayer: number;
  temporalLayer?: number;
}

export interface ProduceDataRequest {
  transportId: string;
  sctpStreamParameters: SctpStreamParameters;
  label?: string;
  protocol?: string;
  appData?: Record<string, unknown>;
}

export interface ProduceDataResult {
  id: string;
  revision: number;
}

export interface ProduceRequest {
  transportId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  appData?: Record<string, unknown>;
}

export interface ProduceResult {
  id: string;
  revision: number;
}

export interface ProducerClosedResult {
  closed: boolean;
  revision: number;
}

export interface ProducerInfo {
  producerId: string;
  peerId: string;
  userId: string;
  participantId?: string;
  kind: MediaKind;
  appData: unknown;
  paused: boolean;
}

export interface ProducerNotice {
  producerId: string;
  peerId: string;
  revision: number;
}

export interface ProducerPausedResult {
  paused: boolean;
  revision: number;
}

export interface ProducerRequest {
  producerId: string;
}

export interface ProducerResumedResult {
  resumed: boolean;
  revision: number;
}

export interface ProducerScoreNotice {
  producerId: string;
  score: number;
  scores: number[];
}

export interface ProducerStat {
  producerId: string;
  kind: MediaKind;
  score: number;
  packetsReceived: number;
  bytesReceived: number;
  packetsLost: number;
  packetsRepaired: number;
  packetsDuplicated: number;
  nackCount: number;
  pliCount: number;
  jitter: number;
  fractionLost: number;
  encodings: EncodingStat[];
}

export interface ProducersResult {
  producers: ProducerInfo[];
  dataProducers: DataProducerInfo[];
  revision: number;
}

export interface RecordingLimit {
  videoHeight?: number;
  frameRate?: number;
  videoKbits?: number;
  audioOnly?: boolean;
}

export interface RecordingProgress {
  takeId: string;
  stemId?: string;
  source: Source;
  capturedMs: number;
  safeMs: number;
  pendingBytes: number;
}

export interface RecordingProgressNotice {
  takeId: string;
  stemId?: string;
  source: Source;
  capturedMs: number;
  safeMs: number;
  pendingBytes: number;
  peerId: string;
  participantId?: string;
}

export interface RelayedResult {
  relayed: boolean;
}

export interface RequestedResult {
  requested: boolean;
}

export interface RestartIceResult {
  iceParameters: IceParameters;
}

export interface ResumedResult {
  resumed: boolean;
}

export type Role = "host" | "cohost" | "speaker" | "viewer";

export type RoomMode = "direct" | "server";

export interface RoomResult {
  peers: PeerInfo[];
  revision: number;
}

export interface RtcpFeedback {
  type: string;
  parameter?: string;
}

export interface RtcpParameters {
  cname?: string;
  reducedSize?: boolean;
  mux?: boolean;
}

export interface RtpCapabilities {
  codecs?: RtpCodecCapability[];
  headerExtensions?: RtpHeaderExtensionCapability[];
}

export interface RtpCodecCapability {
  kind: MediaKind;
  mimeType: string;
  preferredPayloadType?: number;
  clockRate: number;
  channels?: number;
  parameters?: Record<string, unknown>;
  rtcpFeedback?: RtcpFeedback[];
}

export interface RtpCodecParameters {
  mimeType: string;
  payloadType: number;
  clockRate: number;
  channels?: number;
  parameters?: Record<string, unknown>;
  rtcpFeedback?: RtcpFeedback[];
}

export interface RtpEncodingParameters {
  ssrc?: number;
  rid?: string;
  codecPayloadType?: number;
  rtx?: RtxParameters;
  dtx?: boolean;
  scalabilityMode?: string;
  scaleResolutionDownBy?: number;
  maxBitrate?: number;
}

export interface RtpHeaderExtensionCapability {
  kind?: MediaKind;
  uri: string;
  preferredId: number;
  preferredEncrypt?: boolean;
  direction?: ExtensionDirection;
}

export interface RtpHeaderExtensionParameters {
  uri: string;
  id: number;
  encrypt?: boolean;
  parameters?: Record<string, unknown>;
}

export interface RtpParameters {
  mid?: string;
  codecs: RtpCodecParameters[];
  headerExtensions?: RtpHeaderExtensionParameters[];
  encodings?: RtpEncodingParameters[];
  rtcp?: RtcpParameters;
}

export interface RtxParameters {
  ssrc: number;
}

export interface SctpParameters {
  port: number;
  OS: number;
  MIS: number;
  maxMessageSize: number;
}

export interface SctpStreamParameters {
  streamId: number;
  ordered?: boolean;
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
}

export interface SessionChangedNotice {
  sessionId: string;
  state: SessionState;
}

export interface SessionNotice {
  sessionId: string;
}

export type SessionState =
  | "scheduled"
  | "live"
  | "ended"
  | "cancelled"
  | "uploading"
  | "processing"
  | "ready"
  | "failed";

export interface Signal {
  peerId: string;
  description?: Record<string, unknown>;
  candidate?: Record<string, unknown>;
  ended?: boolean;
}

export type Source = "mic" | "raw_mic" | "camera" | "screen";

export interface StatsResult {
  quality: ConnectionQuality;
  transports: TransportStat[];
  producers: ProducerStat[];
  consumers: ConsumerStat[];
}

export interface Stem {
  id: string;
  takeId: string;
  participantId: string;
  participantName: string;
  source: Source;
  origin: Origin;
  state: StemState;
  contentType: string;
  startedAtMs: number;
  bytes: number;
  uploadedBytes?: number;
  consentedAt?: string;
}

export type StemState = "recording" | "complete" | "abandoned";

export interface SubscribeRequest {
  sessionId: string;
}

export interface SubscribedResult {
  subscribed: boolean;
}

export interface Take {
  id: string;
  sessionId: string;
  state: TakeState;
  startedAt: string;
  startedAtMs: number;
  stoppedAt?: string;
  stoppedAtMs?: number;
  stems: Stem[];
  error?: string;
  pauses: Pause[];
  markers: Marker[];
  waitsUntil?: string;
}

export interface TakeNotice {
  take: Take;
}

export type TakeState = "recording" | "uploading" | "processing" | "ready" | "failed";

export interface TransportNotice {
  transportId: string;
  state: TransportStatus;
}

export interface TransportRequest {
  transportId: string;
}

export interface TransportStat {
  transportId: string;
  direction: Direction;
  state: TransportStatus;
  roundTripTime?: number;
  availableOutgoingBitrate?: number;
}

export type TransportStatus = "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** Client to server: event → [request, acknowledgement]. */
export interface ClientEvents {
  clock: [ClockRequest, ClockResult];
  closeConsumer: [ConsumerRequest, ClosedResult];
  closeDataConsumer: [DataConsumerRequest, ClosedResult];
  closeDataProducer: [DataProducerRequest, ProducerClosedResult];
  closeProducer: [ProducerRequest, ProducerClosedResult];
  closeTransport: [TransportRequest, ClosedResult];
  connectTransport: [ConnectTransportRequest, ConnectedResult];
  consume: [ConsumeRequest, ConsumeResult];
  consumeData: [ConsumeDataRequest, ConsumeDataResult];
  createRoom: [CreateRoomRequest, CreateRoomResult];
  createTransport: [CreateTransportRequest, CreateTransportResult];
  getProducers: [EmptyRequest, ProducersResult];
  getRoom: [EmptyRequest, RoomResult];
  getStats: [EmptyRequest, StatsResult];
  joinRoom: [JoinRoomRequest, JoinRoomResult];
  leaveRoom: [EmptyRequest, LeaveRoomResult];
  pauseConsumer: [ConsumerRequest, PausedResult];
  pauseProducer: [ProducerRequest, ProducerPausedResult];
  produce: [ProduceRequest, ProduceResult];
  produceData: [ProduceDataRequest, ProduceDataResult];
  recordingProgress: [RecordingProgress, RelayedResult];
  requestKeyFrame: [ConsumerRequest, RequestedResult];
  restartIce: [TransportRequest, RestartIceResult];
  resumeConsumer: [ConsumerRequest, ResumedResult];
  resumeProducer: [ProducerRequest, ProducerResumedResult];
  setAudioLevels: [AudioLevelsRequest, RequestedResult];
  setConsumerPreferredLayers: [PreferredLayersRequest, RequestedResult];
  setConsumerPriority: [ConsumerPriorityRequest, RequestedResult];
  signal: [Signal, RelayedResult];
  subscribe: [SubscribeRequest, SubscribedResult];
}

/** Server to client. */
export interface ServerEvents {
  activeSpeaker: ActiveSpeakerNotice;
  audioLevels: AudioLevelsNotice;
  connectionQuality: ConnectionQualityNotice;
  consumerClosed: ConsumerClosedNotice;
  consumerLayersChanged: LayersNotice;
  consumerScore: ConsumerScoreNotice;
  dataConsumerClosed: DataConsumerClosedNotice;
  dataProducerClosed: DataProducerNotice;
  displaced: EmptyNotice;
  jobProgress: JobProgressNotice;
  leftRoom: EmptyNotice;
  markerAdded: MarkerNotice;
  markerChanged: MarkerNotice;
  markerRemoved: MarkerNotice;
  missedEvents: EmptyNotice;
  newDataProducer: NewDataProducerNotice;
  newProducer: NewProducerNotice;
  participantAdmitted: ParticipantIdNotice;
  participantChanged: ParticipantNotice;
  participantRemoved: ParticipantIdNotice;
  participantWaiting: ParticipantNotice;
  peerJoined: PeerJoinedNotice;
  peerLeft: PeerLeftNotice;
  permissionsChanged: SessionNotice;
  producerClosed: ProducerNotice;
  producerPaused: ProducerNotice;
  producerResumed: ProducerNotice;
  producerScore: ProducerScoreNotice;
  recordingProgress: RecordingProgressNotice;
  sessionChanged: SessionChangedNotice;
  sessionEnded: SessionNotice;
  signal: Signal;
  takePaused: TakeNotice;
  takeResumed: TakeNotice;
  takeStarted: TakeNotice;
  takeStopped: TakeNotice;
  transportState: TransportNotice;
}
