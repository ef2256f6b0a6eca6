export { openFileVault } from "./file_vault";
export { type Ledger, openLedger, type StemRecord } from "./ledger";
export type { TakeRef } from "./machine";
export { Recorder, type RecorderIdentity, type RecorderState } from "./recorder";
export { openVault, type Vault } from "./vault";
