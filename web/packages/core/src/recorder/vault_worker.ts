import type { ByteStore } from "./byte_store";
import { IdbStore } from "./idb_store";
import { OpfsStore } from "./opfs_store";
import { SpillStore } from "./spill_store";
import { encodeBlock } from "./stem_block";
import { StemHashes } from "./stem_hashes";
import type { VaultAnswer, VaultRequest } from "./vault";

/** The storage worker: the only writer of stems in this tab. Per stem everything happens in order, one after the other. */
const answer = (message: VaultAnswer, transfer: Transferable[] = []) =>
  (self as unknown as Worker).postMessage(message, transfer);

const store: Promise<ByteStore> = (async () => {
  const disk = (await OpfsStore.create()) ?? (await IdbStore.create());
  return new SpillStore(disk, (key) => answer({ event: "degraded", key }));
})();
const queues = new Map<string, Promise<unknown>>();
const hashes = new StemHashes();
let clockOffsetMs = 0;

function inOrder<T>(key: string, work: (bytes: ByteStore) => Promise<T>): Promise<T> {
  const result = (queues.get(key) ?? Promise.resolve()).then(async () => work(await store));
  const settled = result
    .catch(() => undefined)
    .then(() => {
      // Nothing is kept of a stem that nobody is waiting for.
      if (queues.get(key) === settled) queues.delete(key);
    });
  queues.set(key, settled);
  return result;
}

function append(key: string, bytes: () => Promise<Uint8Array<ArrayBuffer>>, untilMs: number): void {
  inOrder(key, async (disk) => {
    const piece = await bytes();
    const size = await disk.append(key, piece);
    hashes.appended(key, piece, size);
    return size;
  })
    .then((size) => answer({ event: "appended", key, size, untilMs }))
    .catch((error: unknown) => answer({ event: "failed", key, reason: String(error) }));
}

interface PcmMessage {
  firstFrame: number;
  /**
   * Of local time minus position on the sample clock, while the block was filled: calls come late, never early. What one block
   * saw is all it says. Which blocks were late and where the device stood still shows only from both sides, so the alignment
   * judges it (src/media/clock_fit.hpp).
   */
  leastDifferenceMs: number;
  samples: Float32Array;
  end?: boolean;
}

function recordPcm(key: string, port: MessagePort, sampleRate: number, latencyMs: number): void {
  let origin: number | undefined;
  port.onmessage = ({ data }: MessageEvent<PcmMessage>) => {
    if (data.end) return finish(key);
    origin ??= data.firstFrame;
    const localMs = (data.firstFrame / sampleRate) * 1_000 + data.leastDifferenceMs;
    const capturedAtMs = localMs + clockOffsetMs - latencyMs;
    if (origin === data.firstFrame) answer({ event: "started", key, startedAtMs: capturedAtMs });
    const block = encodeBlock({
      channels: 1,
      sampleRate,
      firstFrame: data.firstFrame - origin,
      capturedAtMs,
      samples: data.samples,
    });
    append(key, async () => block, capturedAtMs + (data.samples.length / sampleRate) * 1_000);
  };
}

function finish(key: string): void {
  inOrder(key, (disk) => disk.size(key))
    .then((size) => answer({ event: "closed", key, size }))
    .catch((error: unknown) => answer({ event: "failed", key, reason: String(error) }));
}

async function ask(request: VaultRequest & { id: number }): Promise<unknown> {
  switch (request.op) {
    case "open":
      return inOrder(request.key, (disk) => disk.open(request.key));
    case "size":
      return inOrder(request.key, (disk) => disk.size(request.key));
    case "read":
      return (await store).read(request.key, request.start, request.end);
    case "digest":
      return inOrder(request.key, (disk) => hashes.digest(request.key, disk));
    case "remove":
      hashes.forget(request.key);
      return inOrder(request.key, (disk) => disk.remove(request.key));
    case "list":
      return (await store).list();
    case "wait":
      return new Promise<void>((resolve) => setTimeout(resolve, request.ms));
    default:
      throw new Error("not a question");
  }
}

self.onmessage = ({ data }: MessageEvent<VaultRequest>) => {
  if (data.op === "clock") clockOffsetMs = data.offsetMs;
  else if (data.op === "pcm") recordPcm(data.key, data.port, data.sampleRate, data.latencyMs);
  else if (data.op === "append")
    append(data.key, async () => new Uint8Array(await data.blob.arrayBuffer()), data.untilMs);
  else if (data.op === "finish") finish(data.key);
  else
    ask(data)
      .then((value) => answer({ id: data.id, value }, value instanceof Uint8Array ? [value.buffer] : []))
      .catch((error: unknown) => answer({ id: data.id, error: String(error) }));
};
