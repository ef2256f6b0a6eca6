export * from "./safety";
export * from "./take_time";
export * from "./timecode";
