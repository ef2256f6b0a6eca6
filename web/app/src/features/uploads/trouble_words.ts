import type { UploadItem } from "@greenroom/core/uploader";
import { type Key, t } from "../../i18n";

const BY_CODE: Record<string, Key> = {
  differs: "uploads.trouble.differs",
  "studio.removed": "uploads.trouble.removed",
  "studio.token": "uploads.trouble.ended",
  "upload.too_large": "uploads.trouble.large",
};
const BY_STATUS: Record<number, Key> = {
  0: "uploads.trouble.silent",
  401: "uploads.trouble.ended",
  404: "uploads.trouble.deleted",
  410: "uploads.trouble.deleted",
  413: "uploads.trouble.large",
  429: "uploads.trouble.busy",
  507: "uploads.trouble.full",
};

/** Why a stem does not move, and what will happen about it. Undefined while it does. */
export function troubleWords({ trouble, phase }: UploadItem, online: boolean): string | undefined {
  if (!trouble || (phase !== "waiting" && phase !== "refused")) return undefined;
  if (!online && trouble.status === 0) return t("uploads.trouble.offline");
  const known = BY_CODE[trouble.code ?? ""] ?? BY_STATUS[trouble.status];
  if (known) return t(known);
  return t(trouble.status >= 500 ? "uploads.trouble.busy" : "uploads.trouble.other");
}

/** For whoever is asked for help; where our own words say it all there is none. */
export function troubleCode({ trouble }: UploadItem): string | undefined {
  if (!trouble?.code || trouble.status === 0 || trouble.code in BY_CODE) return undefined;
  return t("uploads.trouble.code", { code: trouble.code });
}
