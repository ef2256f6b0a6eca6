import { expect, it } from "vitest";
import type { UploadItem } from "../uploader";
import { reportOf, Telling } from "./recording_report";

const take = { id: "take", startedAtMs: 1_000 };
const item = (change: Partial<UploadItem>): UploadItem =>
  ({ source: "raw_mic", localBytes: 10, confirmedBytes: 10, phase: "done", ...change }) as UploadItem;

it("is safe as far as the earliest stem that has not arrived", () => {
  const items = [
    item({ capturedUntilMs: 3_000, safeUntilMs: 2_000, phase: "uploading", confirmedBytes: 4 }),
    item({ capturedUntilMs: 6_000, safeUntilMs: 6_000 }),
  ];
  const report = { takeId: "take", source: "raw_mic", capturedMs: 5_000, safeMs: 1_000, pendingBytes: 6 };
  expect(reportOf(take, items)).toEqual(report);
  expect(reportOf(take, items, 9_000)).toEqual(report);
});

it("holds nobody back when it has ended and arrived", () => {
  const items = [item({ capturedUntilMs: 3_000, safeUntilMs: 3_000 })];
  expect(reportOf(take, items).safeMs).toBe(2_000);
  expect(reportOf(take, items, 9_000)).toMatchObject({ capturedMs: 2_000, safeMs: 8_000 });
});

it("is told as soon as its safe point has moved, twice a second at most, and once a second however still it is", () => {
  const telling = new Telling();
  const told: [nowMs: number, safeMs: number][] = [];
  for (let nowMs = 0; nowMs <= 4_000; nowMs += 100) {
    const safeUntilMs = nowMs < 300 ? 1_000 : nowMs < 1_900 ? 2_000 : 1_000 + nowMs; // moves at 300, then with every look
    const report = reportOf(take, [item({ source: "mic", capturedUntilMs: 9_000, safeUntilMs, phase: "uploading" })]);
    if (!telling.isDue(report, nowMs)) continue;
    telling.told(report, nowMs);
    told.push([nowMs, report.safeMs]);
  }
  const moving = [2_000, 2_500, 3_000, 3_500, 4_000].map((atMs) => [atMs, atMs]);
  expect(told).toEqual([[0, 0], [500, 1_000], [1_500, 1_000], ...moving]);
});

it("is told for each source by itself, and of a new take at once", () => {
  const telling = new Telling();
  const report = reportOf(take, [item({ source: "mic" })]);
  telling.told(report, 0);
  expect(telling.isDue(report, 100)).toBe(false);
  expect(telling.isDue({ ...report, source: "camera" }, 100)).toBe(true);
  expect(telling.isDue({ ...report, takeId: "next" }, 100)).toBe(true);
});
