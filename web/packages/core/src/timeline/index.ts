export * from "./safety";
export * from "./timecode";
