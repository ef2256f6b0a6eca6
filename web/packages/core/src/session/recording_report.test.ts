import { expect, it } from "vitest";
import type { UploadItem } from "../uploader";
import { reportOf } from "./recording_report";

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
