export type { UploadTrouble } from "./failures";
export type { UploadPhase } from "./machine";
export type { PacerState } from "./pacer";
export type { CallSample } from "./pacing";
export { tusTransfer, verifyByHead } from "./transport";
export { type UploadItem, Uploads, type UploadsState } from "./uploads";
