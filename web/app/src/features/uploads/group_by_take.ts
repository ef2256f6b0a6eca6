import type { UploadItem } from "@greenroom/core/uploader";

/** All that one take still owes from this browser, as people think of it: one recording. */
export interface TakeUploads {
  takeId: string;
  title: string;
  startedAtMs: number;
  items: UploadItem[];
  leftBytes: number;
  fraction: number;
  state: "moving" | "waiting" | "refused" | "done";
}

export function groupByTake(items: UploadItem[]): TakeUploads[] {
  const takes = new Map<string, UploadItem[]>();
  for (const item of items) takes.set(item.takeId, [...(takes.get(item.takeId) ?? []), item]);
  return [...takes].map(([takeId, own]) => {
    const whole = own.reduce((sum, item) => sum + item.localBytes, 0);
    const here = own.reduce((sum, item) => sum + Math.min(item.confirmedBytes, item.localBytes), 0);
    return {
      takeId,
      title: own[0]?.sessionTitle ?? "",
      startedAtMs: own[0]?.takeStartedAtMs ?? 0,
      items: own,
      leftBytes: whole - here,
      fraction: whole > 0 ? here / whole : 1,
      state: stateOf(own),
    };
  });
}

function stateOf(items: UploadItem[]): TakeUploads["state"] {
  if (items.every((item) => item.phase === "done")) return "done";
  const open = items.filter((item) => item.phase !== "done");
  if (open.every((item) => item.phase === "refused")) return "refused";
  return open.some((item) => item.phase === "uploading" || item.phase === "verifying") ? "moving" : "waiting";
}
