import type { SessionDetail, Stem, Take } from "@greenroom/contract";
import { describe, expect, it } from "vitest";
import { stagesOf, uploadsByPerson } from "./stages";

const stem = (participantId: string, more: Partial<Stem>): Stem => ({
  id: `${participantId}-${more.source}`,
  takeId: "take",
  participantId,
  participantName: participantId,
  source: "mic",
  origin: "local",
  state: "recording",
  contentType: "audio/x-greenroom-pcm",
  startedAtMs: 0,
  bytes: 0,
  ...more,
});
const take = (stems: Stem[]): Take => ({
  id: "take",
  sessionId: "session",
  state: "uploading",
  startedAt: "2026-03-03T12:00:00Z",
  startedAtMs: 0,
  stems,
  pauses: [],
  markers: [],
});

describe("uploadsByPerson", () => {
  it("adds up a person's sources and leaves the server's backups out", () => {
    const people = uploadsByPerson(
      take([
        stem("ana", { state: "complete", bytes: 100 }),
        stem("ana", { source: "camera", bytes: 300, uploadedBytes: 200 }),
        stem("ana", { origin: "backup", bytes: 5_000 }),
        stem("ben", { state: "complete", bytes: 10 }),
      ]),
    );
    expect(people).toEqual([
      { participantId: "ana", name: "ana", fraction: 0.75 },
      { participantId: "ben", name: "ben", fraction: 1 },
    ]);
  });

  it("never says everything is here while the length is unknown", () => {
    expect(uploadsByPerson(take([stem("ana", { uploadedBytes: 500, bytes: 500 })]))[0]?.fraction).toBeLessThan(1);
  });
});

it("walks through uploading, aligning and composing", () => {
  const session = (state: SessionDetail["state"], stage: string, progress: number) =>
    ({
      state,
      takes: [take([])],
      job: { id: "j", kind: "compose", state: "running", stage, progress },
    }) as never as SessionDetail;
  const states = (detail: SessionDetail) => stagesOf(detail).map((stage) => stage.state);
  expect(states(session("uploading", "", 0))).toEqual(["running", "waiting", "waiting"]);
  expect(states(session("processing", "align", 0.1))).toEqual(["done", "running", "waiting"]);
  expect(states(session("processing", "compose", 0.5))).toEqual(["done", "done", "running"]);
});
