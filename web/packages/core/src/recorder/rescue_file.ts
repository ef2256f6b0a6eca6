import type { StemRecord } from "./ledger";
import { BLOCK_HEADER_BYTES, decodeHeader } from "./stem_block";

type Read = (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

const READ_BYTES = 4 * 1024 * 1024;
const WAV_HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 3;
/** A gap that is longer is a mistake in a header, not silence. */
const SILENCE_FRAMES_MAX = 48_000 * 3_600;
const EXTENSIONS: Record<string, string> = { "video/mp4": "mp4", "video/x-matroska": "mkv" };

/** What is in this browser's storage as a file that any player opens: PCM as WAV, the rest as it was recorded. */
export async function rescueFile(record: StemRecord, size: number, read: Read): Promise<{ blob: Blob; name: string }> {
  if (record.contentType.startsWith("audio/x-greenroom-pcm"))
    return { blob: await wavOf(record, size, read), name: nameOf(record, "wav") };
  const type = record.contentType.split(";")[0] as string;
  const parts: Blob[] = [];
  for (let at = 0; at < size; ) {
    const piece = await read(at, Math.min(size, at + READ_BYTES));
    if (piece.length === 0) break;
    parts.push(new Blob([piece]));
    at += piece.length;
  }
  return { blob: new Blob(parts, { type }), name: nameOf(record, EXTENSIONS[type] ?? "webm") };
}

/** Block after block, gaps as silence, until the end or what was torn by a crash. */
async function wavOf(record: StemRecord, size: number, read: Read): Promise<Blob> {
  const { channels = 1, sampleRate = 48_000 } = record;
  const frameBytes = channels * BYTES_PER_SAMPLE;
  const parts: Blob[] = [];
  let frames = 0;
  for (let at = 0; at + BLOCK_HEADER_BYTES <= size; ) {
    const header = decodeHeader(await read(at, at + BLOCK_HEADER_BYTES));
    if (!header || at + BLOCK_HEADER_BYTES + header.payloadBytes > size) break;
    const gap = header.firstFrame - frames;
    if (gap > 0 && gap <= SILENCE_FRAMES_MAX) {
      parts.push(new Blob([new Uint8Array(gap * frameBytes)]));
      frames += gap;
    }
    at += BLOCK_HEADER_BYTES;
    parts.push(new Blob([await read(at, at + header.payloadBytes)]));
    at += header.payloadBytes;
    frames += header.payloadBytes / frameBytes;
  }
  return new Blob([wavHeader(frames * frameBytes, channels, sampleRate), ...parts], { type: "audio/wav" });
}

function wavHeader(dataBytes: number, channels: number, sampleRate: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (at: number, letters: string) => header.set(new TextEncoder().encode(letters), at);
  const most = 0xffffffff;
  text(0, "RIFF");
  view.setUint32(4, Math.min(most, dataBytes + WAV_HEADER_BYTES - 8), true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * BYTES_PER_SAMPLE, true);
  view.setUint16(32, channels * BYTES_PER_SAMPLE, true);
  view.setUint16(34, BYTES_PER_SAMPLE * 8, true);
  text(36, "data");
  view.setUint32(40, Math.min(most, dataBytes), true);
  return header;
}

/** "Deep Sea Radio 12, mic, 2026-11-20 14.00.wav". */
function nameOf({ sessionTitle, source, takeStartedAtMs }: StemRecord, extension: string): string {
  const title = sessionTitle.replace(/[^\p{L}\p{N} _-]+/gu, "").trim() || "Recording";
  const time = new Date(takeStartedAtMs).toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
  return `${title}, ${source.replace("_", " ")}, ${time}.${extension}`;
}
