import type { UploadItem } from "@greenroom/core/uploader";
import { expect, it } from "vitest";
import { groupByTake, progressOf } from "./group_by_take";
import { troubleCode, troubleWords } from "./trouble_words";

const item = (change: Partial<UploadItem> = {}): UploadItem => ({
  key: "stem",
  takeId: "take",
  takeStartedAtMs: 0,
  sessionId: "session",
  sessionTitle: "Deep Sea Radio",
  source: "mic",
  localBytes: 1_000,
  confirmedBytes: 0,
  capturedUntilMs: 0,
  safeUntilMs: 0,
  closed: true,
  phase: "uploading",
  recovered: true,
  ...change,
});

it("counts a take's stems together", () => {
  const stems = [
    item({ confirmedBytes: 500, bytesPerSecond: 100 }),
    item({ key: "camera", confirmedBytes: 1_000, phase: "done" }),
  ];
  expect(groupByTake([...stems, item({ takeId: "other" })])).toHaveLength(2);
  expect(progressOf(stems)).toEqual({ leftBytes: 500, fraction: 0.75, leftSeconds: 5, state: "moving" });
  expect(progressOf([item({ phase: "refused" }), item({ phase: "done" })]).state).toBe("refused");
});

it("says in words why something does not move, and only then", () => {
  const waiting = item({ phase: "waiting", trouble: { status: 0 } });
  expect(troubleWords(waiting, false)).toMatch(/offline/);
  expect(troubleWords(waiting, true)).toMatch(/does not answer/);
  expect(troubleWords({ ...waiting, phase: "uploading" }, true)).toBeUndefined();
  const odd = item({ phase: "refused", trouble: { status: 400, code: "studio.stem_format" } });
  expect([troubleWords(odd, true), troubleCode(odd)]).toEqual([
    "The server does not accept it. Download the file, or try again.",
    "Code for support: studio.stem_format",
  ]);
  expect(troubleWords(item({ phase: "refused", trouble: { status: 200, code: "differs" } }), true)).toMatch(
    /not the same/,
  );
});
