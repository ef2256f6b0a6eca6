import type { ByteStore } from "./byte_store";

/** What memory may hold per stem when the disk is full: about half an hour of sound or five minutes of picture. */
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;

/**
 * When the disk is full the recording goes on in memory behind what was already written, and the upload carries it off.
 * `onDegraded` lets the person be told, because from then on closing the tab loses what has not been sent.
 */
export class SpillStore implements ByteStore {
  private readonly disk: ByteStore;
  private readonly onDegraded: (key: string) => void;
  private readonly tails = new Map<string, { base: number; pieces: Uint8Array<ArrayBuffer>[]; bytes: number }>();

  constructor(disk: ByteStore, onDegraded: (key: string) => void) {
    this.disk = disk;
    this.onDegraded = onDegraded;
  }

  open(key: string): Promise<number> {
    return this.disk.open(key);
  }

  async append(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    if (this.tails.has(key)) return this.spill(key, bytes);
    const before = await this.disk.size(key);
    try {
      return await this.disk.append(key, bytes);
    } catch {
      this.tails.set(key, { base: before, pieces: [], bytes: 0 });
      this.onDegraded(key);
      return this.spill(key, bytes);
    }
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const tail = this.tails.get(key);
    if (!tail || end <= tail.base) return this.disk.read(key, start, end);
    // One side at a time: the caller asks again for the rest.
    if (start < tail.base) return this.disk.read(key, start, tail.base);
    return slicePieces(tail.pieces, start - tail.base, end - tail.base);
  }

  async size(key: string): Promise<number> {
    const tail = this.tails.get(key);
    return tail ? tail.base + tail.bytes : this.disk.size(key);
  }

  async remove(key: string): Promise<void> {
    this.tails.delete(key);
    await this.disk.remove(key);
  }

  list(): Promise<string[]> {
    return this.disk.list();
  }

  private spill(key: string, bytes: Uint8Array<ArrayBuffer>): number {
    const tail = this.tails.get(key);
    if (!tail || tail.bytes + bytes.length > MEMORY_BYTES_MAX)
      throw new DOMException("no room left", "QuotaExceededError");
    tail.pieces.push(bytes);
    tail.bytes += bytes.length;
    return tail.base + tail.bytes;
  }
}

function slicePieces(pieces: Uint8Array<ArrayBuffer>[], start: number, end: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (part.length > 0) parts.push(part);
    at += piece.length;
  }
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => {
    result.set(part, offset);
    return offset + part.length;
  }, 0);
  return result;
}
