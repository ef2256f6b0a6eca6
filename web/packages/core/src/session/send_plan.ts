import type { LiveSource } from "@greenroom/contract";
import type { SendPlan } from "./link";

const KBPS = 1_000;
const LIVE_HEIGHT_MAX = 720;

/**
 * How each source goes out live. Speech: Opus without DTX, so that the server's backup never has holes, with FEC.
 * Camera: simulcast, each layer half the next, so that one slow listener does not lower the picture for all.
 */
export function sendPlan(source: LiveSource, track: MediaStreamTrack): SendPlan {
  if (source === "mic") {
    return { codecOptions: { opusDtx: false, opusFec: true, opusStereo: false, opusMaxAverageBitrate: 96 * KBPS } };
  }
  if (source === "screen") {
    return { encodings: [{ maxBitrate: 2_500 * KBPS }], codecOptions: { videoGoogleStartBitrate: 1_000 } };
  }
  const height = track.getSettings().height ?? 720;
  // What is recorded larger than that is still talked at 720 lines.
  const down = Math.max(1, height / LIVE_HEIGHT_MAX);
  const encodings = (height >= 700 ? THREE_LAYERS : TWO_LAYERS).map((layer) => ({
    ...layer,
    scaleResolutionDownBy: layer.scaleResolutionDownBy * down,
  }));
  return { encodings, codecOptions: { videoGoogleStartBitrate: 800 } };
}

const THREE_LAYERS = [
  { scaleResolutionDownBy: 4, maxBitrate: 150 * KBPS, scalabilityMode: "L1T1" },
  { scaleResolutionDownBy: 2, maxBitrate: 500 * KBPS, scalabilityMode: "L1T1" },
  { scaleResolutionDownBy: 1, maxBitrate: 1_700 * KBPS, scalabilityMode: "L1T1" },
];
const TWO_LAYERS = [
  { scaleResolutionDownBy: 2, maxBitrate: 150 * KBPS, scalabilityMode: "L1T1" },
  { scaleResolutionDownBy: 1, maxBitrate: 700 * KBPS, scalabilityMode: "L1T1" },
];
