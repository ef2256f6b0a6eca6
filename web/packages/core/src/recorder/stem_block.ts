/**
 * The block of an `audio/x-greenroom-pcm` stem: a 40-byte little-endian header, then interleaved signed 24-bit PCM.
 * Each block says where its first sample lies on the stem's own sample clock and on the server's clock, and carries its
 * checksum, so that a torn tail or a gap never shifts what follows. The same layout is read by the server.
 */
export interface PcmBlock {
  channels: number;
  sampleRate: number;
  /** Since the stem's start, per channel. */
  firstFrame: number;
  /** Server time of the first frame. */
  capturedAtMs: number;
  /** Interleaved, -1..1. */
  samples: Float32Array;
}

export const BLOCK_HEADER_BYTES = 40;
const MAGIC = 0x42505247; // "GRPB"
const VERSION = 1;
const BYTES_PER_SAMPLE = 3;
const FULL_SCALE = 0x7fffff;

export function encodeBlock(block: PcmBlock): Uint8Array<ArrayBuffer> {
  const payloadBytes = block.samples.length * BYTES_PER_SAMPLE;
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES + payloadBytes);
  const payload = bytes.subarray(BLOCK_HEADER_BYTES);
  writeSamples(payload, block.samples);

  const header = new DataView(bytes.buffer);
  header.setUint32(0, MAGIC, true);
  header.setUint8(4, VERSION);
  header.setUint8(5, block.channels);
  header.setUint16(6, 0, true);
  header.setUint32(8, block.sampleRate, true);
  header.setUint32(12, block.samples.length / block.channels, true);
  header.setBigUint64(16, BigInt(block.firstFrame), true);
  header.setFloat64(24, block.capturedAtMs, true);
  header.setUint32(32, payloadBytes, true);
  header.setUint32(36, crc32(payload), true);
  return bytes;
}

/** What a block says of itself; undefined where there is none. */
export function decodeHeader(bytes: Uint8Array<ArrayBuffer>): { firstFrame: number; payloadBytes: number } | undefined {
  if (bytes.length < BLOCK_HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, BLOCK_HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC || header.getUint8(4) !== VERSION) return undefined;
  return { firstFrame: Number(header.getBigUint64(16, true)), payloadBytes: header.getUint32(32, true) };
}

function writeSamples(payload: Uint8Array, samples: Float32Array): void {
  let at = 0;
  for (const sample of samples) {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE);
    payload[at++] = value & 0xff;
    payload[at++] = (value >> 8) & 0xff;
    payload[at++] = (value >> 16) & 0xff;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of IEEE 802.3, as in zip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
