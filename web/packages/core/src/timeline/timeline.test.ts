import type { RecordingProgress } from "@greenroom/contract";
import { describe, expect, it } from "vitest";
import { Marks } from "../uploader/marks";
import { byPerson, keepLatest, safeUpTo } from "./safety";
import { shortTime, timecode } from "./timecode";

const report = (
  participantId: string,
  source: "mic" | "camera",
  safeMs: number,
  pendingBytes = 0,
): RecordingProgress => ({
  participantId,
  takeId: "take",
  source,
  capturedMs: 10_000,
  safeMs,
  pendingBytes,
});

describe("safety", () => {
  it("is as far as the person and source that are furthest behind", () => {
    const reports = [report("ana", "mic", 9_000), report("ana", "camera", 7_000, 5), report("ben", "mic", 8_000, 6)];
    expect(safeUpTo(reports)).toBe(7_000);
    expect(byPerson(reports)).toEqual([
      { participantId: "ana", capturedMs: 10_000, safeMs: 7_000, pendingBytes: 5 },
      { participantId: "ben", capturedMs: 10_000, safeMs: 8_000, pendingBytes: 6 },
    ]);
    expect(safeUpTo([])).toBeUndefined();
  });

  it("keeps one report per person and source, and none of an earlier take", () => {
    const before = [report("ana", "mic", 1), { ...report("ben", "mic", 1), takeId: "old" }];
    expect(keepLatest(before, report("ana", "mic", 2))).toEqual([report("ana", "mic", 2)]);
  });
});

it("knows which moment the confirmed bytes reach", () => {
  const marks = new Marks(100);
  marks.add(10, 1_100);
  marks.add(20, 2_100);
  expect([marks.reached(9), marks.reached(10), marks.reached(19), marks.reached(25), marks.latest()]).toEqual([
    100, 1_100, 1_100, 2_100, 2_100,
  ]);
});

it("writes times as people read them", () => {
  expect([timecode(767_900), timecode(-5), shortTime(65), shortTime(3_754)]).toEqual([
    "00:12:47",
    "00:00:00",
    "1:05",
    "1:02:34",
  ]);
});
