import type { UploadItem } from "@greenroom/core/uploader";

/** How far a number of stems have come together. */
export interface Progressing {
  leftBytes: number;
  fraction: number;
  /** At the speed of the last seconds; undefined while nothing moves. */
  leftSeconds?: number;
  state: "moving" | "waiting" | "refused" | "done";
}

/** All that one take still owes from this browser, as people think of it: one recording. */
export interface TakeUploads extends Progressing {
  takeId: string;
  title: string;
  startedAtMs: number;
  items: UploadItem[];
}

export function groupByTake(items: UploadItem[]): TakeUploads[] {
  const takes = new Map<string, UploadItem[]>();
  for (const item of items) takes.set(item.takeId, [...(takes.get(item.takeId) ?? []), item]);
  return [...takes].map(([takeId, own]) => ({
    takeId,
    title: own[0]?.sessionTitle ?? "",
    startedAtMs: own[0]?.takeStartedAtMs ?? 0,
    items: own,
    ...progressOf(own),
  }));
}

export function progressOf(items: UploadItem[]): Progressing {
  const whole = items.reduce((sum, item) => sum + item.localBytes, 0);
  const here = items.reduce((sum, item) => sum + Math.min(item.confirmedBytes, item.localBytes), 0);
  const speed = items.reduce((sum, item) => sum + (item.bytesPerSecond ?? 0), 0);
  const state = stateOf(items);
  return {
    leftBytes: whole - here,
    fraction: whole > 0 ? here / whole : state === "done" ? 1 : 0,
    ...(speed > 0 && { leftSeconds: (whole - here) / speed }),
    state,
  };
}

function stateOf(items: UploadItem[]): Progressing["state"] {
  if (items.every((item) => item.phase === "done")) return "done";
  const open = items.filter((item) => item.phase !== "done");
  if (open.every((item) => item.phase === "refused")) return "refused";
  return open.some(({ phase }) => MOVING.includes(phase)) ? "moving" : "waiting";
}

const MOVING: UploadItem["phase"][] = ["uploading", "verifying", "elsewhere"];
