import { describe, expect, it } from "vitest";
import type { StemRecord } from "./ledger";
import { rescueFile } from "./rescue_file";
import { encodeBlock } from "./stem_block";

const record: StemRecord = {
  key: "stem",
  takeId: "take",
  takeStartedAtMs: Date.UTC(2026, 10, 20, 14),
  sessionId: "session",
  sessionTitle: "Deep/Sea: Radio #12",
  participantId: "ana",
  token: "",
  source: "mic",
  contentType: "audio/x-greenroom-pcm",
  startedAtMs: 0,
  sampleRate: 48_000,
  channels: 1,
  closed: false,
};

const block = (firstFrame: number, ...samples: number[]) =>
  encodeBlock({ channels: 1, sampleRate: 48_000, firstFrame, capturedAtMs: 0, samples: Float32Array.from(samples) });

async function rescued(change: Partial<StemRecord>, ...pieces: Uint8Array<ArrayBuffer>[]) {
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const file = await rescueFile({ ...record, ...change }, bytes.length, async (start, end) => bytes.slice(start, end));
  return { name: file.name, type: file.blob.type, bytes: new Uint8Array(await file.blob.arrayBuffer()) };
}

describe("a file out of what is in the browser", () => {
  it("is a WAV of the sound: gaps are silence, a torn end is left away", async () => {
    const torn = block(5, 0.1, 0.2, 0.3).slice(0, -2);
    const { name, type, bytes } = await rescued({}, block(0, 1, -1), block(4, 1), torn);
    expect([name, type]).toEqual(["DeepSea Radio 12, mic, 2026-11-20 14.00.wav", "audio/wav"]);
    expect(new TextDecoder().decode(bytes.subarray(0, 16))).toBe(`RIFF${String.fromCharCode(36 + 15)}\0\0\0WAVEfmt `);
    const silence = [0, 0, 0];
    const [most, least] = [
      [0xff, 0xff, 0x7f],
      [0x01, 0x00, 0x80],
    ];
    expect([...bytes.subarray(44)]).toEqual([...most, ...least, ...silence, ...silence, ...most].flat());
  });

  it("is the picture as it was recorded", async () => {
    const picture = Uint8Array.from({ length: 1_000 }, (_, index) => index & 0xff);
    const camera = (contentType: string) => rescued({ source: "camera", contentType }, picture);
    const { name, type, bytes } = await camera("video/webm;codecs=vp8");
    expect([name.split(".").at(-1), type]).toEqual(["webm", "video/webm"]);
    expect(bytes).toEqual(picture);
    expect((await camera("video/x-matroska;codecs=avc1")).name).toMatch(/\.mkv$/);
    expect((await camera("video/mp4;codecs=avc1")).name).toMatch(/\.mp4$/);
  });
});
