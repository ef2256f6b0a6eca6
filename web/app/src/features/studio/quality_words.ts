import type { QualityVerdict } from "@greenroom/core/session";
import { roundPercent, t } from "../../i18n";

/** "Good", or "Unstable: 4 % of packets lost". */
export function qualityWords({ level, cause }: QualityVerdict): string {
  const heading = t(`quality.${level}`);
  if (!cause) return heading;
  const why =
    cause.what === "loss"
      ? t("quality.cause.loss", { share: roundPercent(cause.share) })
      : t(`quality.cause.${cause.what}`, { ms: Math.round(cause.ms) });
  return t("quality.because", { level: heading, why });
}

export const BARS = { good: 3, unstable: 2, poor: 1 } as const;
export const GOOD: QualityVerdict = { level: "good" };
