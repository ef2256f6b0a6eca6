import { describe, expect, it } from "vitest";
import { BLOCK_HEADER_BYTES, crc32, encodeBlock } from "./stem_block";

describe("stem block", () => {
  it("has the header of the wire format, byte for byte", () => {
    const bytes = encodeBlock({
      channels: 1,
      sampleRate: 48_000,
      firstFrame: 2 ** 33 + 7,
      capturedAtMs: 1_772_539_200_123.25,
      samples: new Float32Array([0, 1, -1, 0.5, 2]),
    });
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("GRPB");
    expect([bytes[4], bytes[5], view.getUint16(6, true)]).toEqual([1, 1, 0]);
    expect(view.getUint32(8, true)).toBe(48_000);
    expect(view.getUint32(12, true)).toBe(5);
    expect(view.getBigUint64(16, true)).toBe(2n ** 33n + 7n);
    expect(view.getFloat64(24, true)).toBe(1_772_539_200_123.25);
    expect(view.getUint32(32, true)).toBe(15);
    expect(view.getUint32(36, true)).toBe(crc32(bytes.subarray(BLOCK_HEADER_BYTES)));
    expect(bytes.length).toBe(BLOCK_HEADER_BYTES + 15);
  });

  it("writes signed 24-bit little-endian and clips what is too loud", () => {
    const bytes = encodeBlock({
      channels: 1,
      sampleRate: 48_000,
      firstFrame: 0,
      capturedAtMs: 0,
      samples: new Float32Array([1, -1, 0.5, 7]),
    });
    expect([...bytes.subarray(BLOCK_HEADER_BYTES)]).toEqual([
      0xff, 0xff, 0x7f, 0x01, 0x00, 0x80, 0x00, 0x00, 0x40, 0xff, 0xff, 0x7f,
    ]);
  });

  it("uses the CRC-32 of IEEE 802.3", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});
