/** What a camera or a screen is recorded as: how large, how many pictures, how many bits for them. */
export interface PictureShape {
  width: number;
  height: number;
  framerate: number;
  bitrate: number;
}

/** What browsers ask of themselves: whether they can record it, and how well they would do. */
export interface RecordingAbilities {
  records(type: string): boolean;
  measure(type: string, shape: PictureShape): Promise<{ smooth: boolean; powerEfficient: boolean }>;
}

/** By what they make of the same bits; each needs an encoder in hardware to be cheap enough beside a call. */
const IN_HARDWARE = [
  "video/webm;codecs=av1",
  "video/webm;codecs=vp9",
  "video/webm;codecs=h264",
  "video/x-matroska;codecs=avc1",
  "video/mp4;codecs=avc1",
];
/** By what they cost a processor. */
const IN_SOFTWARE = [
  "video/webm;codecs=vp8",
  "video/webm;codecs=vp9",
  "video/webm;codecs=h264",
  "video/webm",
  "video/mp4",
];

export async function pictureType(shape: PictureShape, able: RecordingAbilities = ofThisBrowser): Promise<string> {
  const recorded = IN_HARDWARE.filter((type) => able.records(type));
  // Asked for all at once: the recording waits for the answers.
  const cheap = await Promise.all(recorded.map((type) => isCheap(type, shape, able)));
  const first = recorded.find((_, index) => cheap[index]);
  return first ?? IN_SOFTWARE.find((type) => able.records(type)) ?? "video/mp4";
}

/** A browser that does not know, or not of this type, has said no. */
async function isCheap(type: string, shape: PictureShape, able: RecordingAbilities): Promise<boolean> {
  try {
    const { smooth, powerEfficient } = await able.measure(type, shape);
    return smooth && powerEfficient;
  } catch {
    return false;
  }
}

const ofThisBrowser: RecordingAbilities = {
  records: (type) => MediaRecorder.isTypeSupported(type),
  measure: (contentType, shape) =>
    navigator.mediaCapabilities.encodingInfo({ type: "record", video: { contentType, ...shape } }),
};
