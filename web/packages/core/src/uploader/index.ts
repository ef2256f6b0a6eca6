export type { UploadPhase } from "./machine";
export { tusTransfer, verifyByHead } from "./transport";
export { type UploadItem, Uploads, type UploadsState } from "./uploads";
