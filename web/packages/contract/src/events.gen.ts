// Made by tools/event_types.mjs from docs/events.json. Not to be edited.

export interface ActiveSpeakerNotice {
  peerId?: string;
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

export interface ConsumeRequest {
  transportId: string;
  producerId: string;
  rtpCapabilities: RtpCapabilities;
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

export interface ConsumerRequest {
  consumerId: string;
}

export type ConsumerType = "simple" | "simulcast";

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

export interface JoinRoomRequest {
  callId: string;
  userId: string;
  rtpCapabilities: RtpCapabilities;
}

export interface JoinRoomResult {
  peerId: string;
  peers: PeerInfo[];
}

export interface LayersNotice {
  consumerId: string;
  spatialLayer?: number;
  temporalLayer?: number;
}

export interface LeaveRoomResult {
  left: boolean;
}

export type MediaKind = "audio" | "video";

export interface PausedResult {
  paused: boolean;
}

export interface PeerInfo {
  peerId: string;
  userId: string;
  participantId?: string;
  name: string;
  producers: ProducerInfo[];
}

export interface PeerLeftNotice {
  peerId: string;
  userId: string;
  participantId?: string;
}

export interface PreferredLayersRequest {
  consumerId: string;
  spatialLayer: number;
  temporalLayer?: number;
}

export interface ProduceRequest {
  transportId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  appData?: Record<string, unknown>;
}

export interface ProduceResult {
  id: string;
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
}

export interface ProducerRequest {
  producerId: string;
}

export interface ProducersResult {
  producers: ProducerInfo[];
}

export interface RecordingProgress {
  takeId: string;
  stemId?: string;
  source: string;
  capturedMs: number;
  safeMs: number;
  pendingBytes: number;
}

export interface RecordingProgressNotice {
  takeId: string;
  stemId?: string;
  source: string;
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

export interface ScoreNotice {
  producerId: string;
  score: number;
}

export interface SubscribeRequest {
  sessionId: string;
}

export interface SubscribedResult {
  subscribed: boolean;
}

export interface TransportNotice {
  transportId: string;
  state: TransportStatus;
}

export interface TransportRequest {
  transportId: string;
}

export type TransportStatus = "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** Client to server: event → [request, acknowledgement]. */
export interface ClientEvents {
  clock: [ClockRequest, ClockResult];
  closeConsumer: [ConsumerRequest, ClosedResult];
  closeProducer: [ProducerRequest, ClosedResult];
  closeTransport: [TransportRequest, ClosedResult];
  connectTransport: [ConnectTransportRequest, ConnectedResult];
  consume: [ConsumeRequest, ConsumeResult];
  createRoom: [CreateRoomRequest, CreateRoomResult];
  createTransport: [CreateTransportRequest, CreateTransportResult];
  getProducers: [EmptyRequest, ProducersResult];
  joinRoom: [JoinRoomRequest, JoinRoomResult];
  leaveRoom: [EmptyRequest, LeaveRoomResult];
  pauseConsumer: [ConsumerRequest, PausedResult];
  pauseProducer: [ProducerRequest, PausedResult];
  produce: [ProduceRequest, ProduceResult];
  recordingProgress: [RecordingProgress, RelayedResult];
  requestKeyFrame: [ConsumerRequest, RequestedResult];
  restartIce: [TransportRequest, RestartIceResult];
  resumeConsumer: [ConsumerRequest, ResumedResult];
  resumeProducer: [ProducerRequest, ResumedResult];
  setConsumerPreferredLayers: [PreferredLayersRequest, RequestedResult];
  subscribe: [SubscribeRequest, SubscribedResult];
}

/** Server to client. */
export interface ServerEvents {
  activeSpeaker: ActiveSpeakerNotice;
  consumerClosed: ConsumerClosedNotice;
  consumerLayersChanged: LayersNotice;
  displaced: EmptyNotice;
  leftRoom: EmptyNotice;
  missedEvents: EmptyNotice;
  newProducer: ProducerInfo;
  peerJoined: PeerInfo;
  peerLeft: PeerLeftNotice;
  producerClosed: ProducerNotice;
  producerPaused: ProducerNotice;
  producerResumed: ProducerNotice;
  producerScore: ScoreNotice;
  recordingProgress: RecordingProgressNotice;
  transportState: TransportNotice;
}
