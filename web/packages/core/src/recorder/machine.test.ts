import type { Source } from "@greenroom/contract";
import { describe, expect, it } from "vitest";
import { seeded } from "../testing/random";
import { idleRecorder, type RecorderEffect, type RecorderEvent, type RecorderState, stepRecorder } from "./machine";

const take = { id: "take", startedAtMs: 0 };
const opened = (effects: RecorderEffect[]) =>
  effects.filter((effect) => effect.type === "open").map((effect) => effect.source);

describe("recorder", () => {
  it("records what has a track when the take starts, and what gets one later", () => {
    let [state] = stepRecorder(idleRecorder, { type: "trackChanged", source: "mic", trackId: "tap" }, 0);
    let effects: RecorderEffect[];
    [state, effects] = stepRecorder(state, { type: "takeStarted", take }, 0);
    expect(opened(effects)).toEqual(["mic"]);
    [state, effects] = stepRecorder(state, { type: "trackChanged", source: "camera", trackId: "a" }, 0);
    expect(opened(effects)).toEqual(["camera"]);
    [, effects] = stepRecorder(state, { type: "takeStarted", take }, 0);
    expect(effects).toEqual([]);
  });

  it("ends one segment and begins another when the camera is swapped", () => {
    let [state] = stepRecorder(idleRecorder, { type: "takeStarted", take }, 0);
    [state] = stepRecorder(state, { type: "trackChanged", source: "camera", trackId: "a" }, 0);
    const [, effects] = stepRecorder(state, { type: "trackChanged", source: "camera", trackId: "b" }, 0);
    expect(effects.map((effect) => effect.type)).toEqual(["close", "open"]);
  });

  it("records the unfiltered microphone beside the other, which goes on whatever becomes of it", () => {
    let [state] = stepRecorder(idleRecorder, { type: "trackChanged", source: "mic", trackId: "tap" }, 0);
    let effects: RecorderEffect[];
    [state] = stepRecorder(state, { type: "trackChanged", source: "raw_mic", trackId: "a" }, 0);
    [state, effects] = stepRecorder(state, { type: "takeStarted", take }, 0);
    expect(opened(effects)).toEqual(["mic", "raw_mic"]);
    const mic = state.segments.find(({ source }) => source === "mic");

    [state, effects] = stepRecorder(state, { type: "segmentFailed", serial: lastSerial(state) }, 0);
    expect(effects.map((effect) => effect.type)).toEqual(["wake"]);
    [state, effects] = stepRecorder(state, { type: "tick" }, 1_000);
    expect(opened(effects)).toEqual(["raw_mic"]);
    [state, effects] = stepRecorder(state, { type: "trackChanged", source: "raw_mic" }, 1_000);
    expect(effects).toEqual([{ type: "close", serial: lastSerial(state) }]);
    [state, effects] = stepRecorder(state, { type: "trackChanged", source: "raw_mic", trackId: "b" }, 1_000);
    expect(opened(effects)).toEqual(["raw_mic"]);
    expect(state.segments.filter(({ source }) => source === "mic")).toEqual([mic]);
  });

  it("writes nothing in a pause, whatever the devices do, and begins new segments after it", () => {
    let [state] = stepRecorder(idleRecorder, { type: "trackChanged", source: "mic", trackId: "tap" }, 0);
    let effects: RecorderEffect[];
    [state] = stepRecorder(state, { type: "takeStarted", take }, 0);
    [state, effects] = stepRecorder(state, { type: "takePaused", takeId: "take" }, 0);
    expect(effects.map((effect) => effect.type)).toEqual(["close"]);
    [state, effects] = stepRecorder(state, { type: "trackChanged", source: "camera", trackId: "a" }, 0);
    expect(effects).toEqual([]);
    [state, effects] = stepRecorder(state, { type: "takeResumed", takeId: "take" }, 0);
    expect(opened(effects)).toEqual(["mic", "camera"]);
    [state] = stepRecorder(state, { type: "takePaused", takeId: "take" }, 0);
    [state] = stepRecorder(state, { type: "takeStopped", takeId: "take" }, 0);
    [, effects] = stepRecorder(state, { type: "takeStarted", take: { id: "next", startedAtMs: 1 } }, 0);
    expect(opened(effects)).toEqual(["mic", "camera"]);
  });

  it("tries a failed source again, ever more slowly but always", () => {
    let [state] = stepRecorder(idleRecorder, { type: "takeStarted", take }, 0);
    let now = 0;
    [state] = stepRecorder(state, { type: "trackChanged", source: "mic", trackId: "tap" }, now);
    for (let failure = 0; failure < 20; failure++) {
      const [waiting, effects] = stepRecorder(state, { type: "segmentFailed", serial: lastSerial(state) }, now);
      const wake = effects.find((effect) => effect.type === "wake");
      expect(wake).toBeDefined();
      now = wake?.type === "wake" ? wake.atMs : now;
      const [again, next] = stepRecorder(waiting, { type: "tick" }, now);
      expect(opened(next)).toEqual(["mic"]);
      state = again;
    }
    expect(now).toBeLessThan(20 * 5_000);
  });

  it.each(Array.from({ length: 200 }, (_, index) => index + 1))(
    "keeps its invariant in any order of events (seed %i)",
    (seed) => {
      const random = seeded(seed);
      let state = idleRecorder;
      let now = 0;
      for (let step = 0; step < 120; step++) {
        now += random.below(400);
        [state] = stepRecorder(state, anyEvent(random, state), now);
        check(state, now);
      }
      [state] = stepRecorder(state, { type: "takeStopped" }, now);
      while (state.segments.length > 0)
        [state] = stepRecorder(state, { type: "segmentClosed", serial: lastSerial(state) }, now);
      check(state, now);
    },
  );
});

const SOURCES: Source[] = ["mic", "raw_mic", "camera", "screen"];

function anyEvent(random: ReturnType<typeof seeded>, state: RecorderState): RecorderEvent {
  const source = SOURCES[random.below(SOURCES.length)] as Source;
  const serial = state.segments[random.below(state.segments.length)]?.serial ?? 0;
  const events: RecorderEvent[] = [
    { type: "takeStarted", take: { id: `take-${random.below(3)}`, startedAtMs: 0 } },
    { type: "takePaused", takeId: `take-${random.below(3)}` },
    { type: "takeResumed", takeId: random.chance(0.7) ? (state.take?.id ?? "none") : "another" },
    { type: "takeStopped", takeId: random.chance(0.5) ? state.take?.id : "another" },
    { type: "trackChanged", source, trackId: random.chance(0.7) ? `track-${random.below(3)}` : undefined },
    { type: "segmentRunning", serial },
    { type: "segmentClosed", serial },
    { type: "segmentFailed", serial },
    { type: "tick" },
  ];
  return events[random.below(events.length)] as RecorderEvent;
}

function check(state: RecorderState, now: number): void {
  for (const source of SOURCES) {
    const open = state.segments.filter((segment) => segment.source === source && !segment.closing);
    const wanted = state.take !== undefined && !state.paused && state.tracks[source] !== undefined;
    const waiting = (state.retryAtMs[source] ?? 0) > now;
    expect(open.length).toBe(wanted && !waiting ? 1 : Math.min(open.length, wanted ? 1 : 0));
    for (const segment of open)
      expect([segment.takeId, segment.trackId]).toEqual([state.take?.id, state.tracks[source]]);
  }
}

function lastSerial(state: RecorderState): number {
  return state.segments.at(-1)?.serial ?? 0;
}
