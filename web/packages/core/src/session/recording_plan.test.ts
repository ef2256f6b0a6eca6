import type { Admission, RecordingLimit } from "@greenroom/contract";
import { expect, it } from "vitest";
import { RecordingPlan, withinLimit } from "./recording_plan";

const settings = { audio: "lossless" as const, videoHeight: 1080, frameRate: 30, videoKbits: 8_000 };

it("takes the lower of what the session and the host say", () => {
  expect(withinLimit(settings, {})).toEqual(settings);
  const limit = { videoHeight: 360, frameRate: 60, videoKbits: 900 };
  expect(withinLimit(settings, limit)).toEqual({ ...settings, videoHeight: 360, videoKbits: 900 });
  const { videoKbits: _, ...automatic } = settings;
  expect(withinLimit(automatic, { frameRate: 15 })).toEqual({ ...automatic, frameRate: 15 });
});

it("holds a new limit back until the take is over", () => {
  let tell: (told: unknown) => void = () => undefined;
  const signaling = {
    on: (_event: string, listener: (told: never) => void) => {
      tell = listener as typeof tell;
      return () => undefined;
    },
  };
  const admission = { participant: { id: "ben" }, recording: settings } as unknown as Admission;
  const plan = new RecordingPlan(admission, signaling as never);
  const limitTo = (id: string, recordingLimit?: RecordingLimit) => tell({ participant: { id, recordingLimit } });

  limitTo("ana", { audioOnly: true });
  expect(plan.store.getState().changed).toBe(false);
  limitTo("ben", { audioOnly: true, frameRate: 15 });
  expect([plan.covers("camera"), plan.now().frameRate]).toEqual([true, 30]);
  expect(plan.store.getState().changed).toBe(true);
  expect(plan.settle()).toBe(true);
  expect([plan.covers("camera"), plan.covers("mic"), plan.covers("raw_mic")]).toEqual([false, true, true]);
  expect(plan.now().frameRate).toBe(15);
  limitTo("ben");
  expect(plan.settle()).toBe(true);
  expect(plan.now()).toEqual(settings);
});
