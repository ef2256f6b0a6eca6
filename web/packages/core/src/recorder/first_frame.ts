import type { Ms } from "@greenroom/contract";
import { localNow } from "../clock";

/**
 * When was the first recorded picture taken? MediaRecorder does not say; a video element on the same track sees the
 * same frames and tells when the camera captured them. It plays from the moment the track is there, so that it misses
 * nothing when recording begins. Only a measurement beside the recording: in a hidden page, where frames are not
 * presented, the answer is half a frame after the start, which is right on average.
 */
const PATIENCE_MS = 300;
const PLAUSIBLE_AGE_MS = 500;

export interface FrameWatch {
  track: MediaStreamTrack;
  /** Local time of the first frame that reached the page after `since`. */
  firstAfter(since: Ms): Promise<Ms>;
  stop(): void;
}

export function watchFrames(track: MediaStreamTrack): FrameWatch {
  const { frameRate = 30 } = track.getSettings();
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  return {
    track,
    firstAfter: async (since) => (await firstSeen(video, since)) ?? since + 500 / frameRate,
    stop: () => {
      video.srcObject = null;
    },
  };
}

function firstSeen(video: HTMLVideoElement, since: Ms): Promise<Ms | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    const look: VideoFrameRequestCallback = (now, { captureTime }) => {
      const presented = performance.timeOrigin + now;
      // The frame that was there before recording began is not in the recording.
      if (presented < since) return void video.requestVideoFrameCallback(look);
      clearTimeout(timer);
      const captured = captureTime === undefined ? presented : performance.timeOrigin + captureTime;
      // A capture time from a clock of the device's own is worth less than the arrival.
      const age = localNow() - captured;
      resolve(age >= 0 && age < PLAUSIBLE_AGE_MS ? captured : presented);
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(look);
  });
}
