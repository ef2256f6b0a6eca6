export { DirectCall, type DirectCallOptions, type DirectCallState } from "./direct_call";
export { People, type PeopleState } from "./people";
export { LOOK_BACK_MS, Quality, type QualityState } from "./quality";
export type { QualityCause, QualityLevel, QualitySample, QualityVerdict } from "./quality_rules";
export { type ConnectionState, type PeerView, Room, type RoomState } from "./room";
export { connectSignaling, type Signaling, SignalingError } from "./signaling";
export { type RecordPhase, Studio, type StudioState } from "./studio";
export { type WaitingPhase, WaitingRoom } from "./waiting_room";
