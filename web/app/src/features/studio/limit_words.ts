import type { RecordingLimit } from "@greenroom/contract";
import { bitrate, t } from "../../i18n";

/** "up to 360p, up to 15 fps", or "sound only". */
export function limitWords({ audioOnly, videoHeight, frameRate, videoKbits }: RecordingLimit): string {
  if (audioOnly) return t("limit.words.audioOnly");
  return [
    videoHeight && t("limit.words.height", { height: videoHeight }),
    frameRate && t("limit.words.rate", { rate: frameRate }),
    videoKbits && bitrate(videoKbits * 1_000),
  ]
    .filter(Boolean)
    .join(", ");
}

export function isLimited(limit: RecordingLimit): boolean {
  return limitWords(limit) !== "";
}
