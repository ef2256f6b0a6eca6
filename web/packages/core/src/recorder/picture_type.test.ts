import { expect, test } from "vitest";
import { pictureType, type RecordingAbilities } from "./picture_type";

const shape = { width: 1280, height: 720, framerate: 30, bitrate: 5_000_000 };

function browser(types: string[], efficient: string[] = []): RecordingAbilities {
  return {
    records: (type) => types.includes(type),
    measure: async (type) => ({ smooth: true, powerEfficient: efficient.includes(type) }),
  };
}

const chromium = [
  "video/webm",
  "video/webm;codecs=vp8",
  "video/webm;codecs=vp9",
  "video/webm;codecs=av1",
  "video/webm;codecs=h264",
  "video/x-matroska;codecs=avc1",
];

test("without an encoder in hardware the cheapest codec is taken", async () => {
  expect(await pictureType(shape, browser(chromium))).toBe("video/webm;codecs=vp8");
  expect(await pictureType(shape, browser(["video/mp4", "video/mp4;codecs=avc1"]))).toBe("video/mp4");
});

test("of those in hardware the one that makes most of the bits", async () => {
  const [h264, vp9] = ["video/webm;codecs=h264", "video/webm;codecs=vp9"];
  expect(await pictureType(shape, browser(chromium, [h264]))).toBe(h264);
  expect(await pictureType(shape, browser(chromium, [h264, vp9]))).toBe(vp9);
});

test("what cannot be recorded is not asked about, whatever the hardware does", async () => {
  expect(await pictureType(shape, browser(["video/webm;codecs=vp8"], ["video/webm;codecs=av1"]))).toBe(
    "video/webm;codecs=vp8",
  );
});

test("efficient but not smooth is no use, and who cannot tell has said no", async () => {
  const stutters = { ...browser(chromium), measure: async () => ({ smooth: false, powerEfficient: true }) };
  const mute = { ...browser(chromium), measure: () => Promise.reject(new TypeError("record is not a type")) };
  const old = {
    ...browser(chromium),
    measure: () => {
      throw new TypeError("mediaCapabilities is undefined");
    },
  };
  for (const able of [stutters, mute, old]) expect(await pictureType(shape, able)).toBe("video/webm;codecs=vp8");
});
