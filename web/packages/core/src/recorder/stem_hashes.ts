import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import type { ByteStore } from "./byte_store";

type Running = ReturnType<typeof sha256.create>;

const READ_BYTES = 1024 * 1024;

/**
 * The running hash of each stem that is written here, so that at its end nothing has to be read again; of what an
 * earlier visit left, the hash is made by reading. Hours long, so never all in memory (as WebCrypto would want it).
 */
export class StemHashes {
  private readonly running = new Map<string, { hash: Running; bytes: number }>();

  appended(key: string, piece: Uint8Array, size: number): void {
    const known = this.running.get(key) ?? { hash: sha256.create(), bytes: 0 };
    // Written past us, or before our time: it is read when it is asked for.
    if (known.bytes + piece.length !== size) return void this.running.delete(key);
    known.hash.update(piece);
    this.running.set(key, { hash: known.hash, bytes: size });
  }

  async digest(key: string, store: Pick<ByteStore, "size" | "read">): Promise<string> {
    const size = await store.size(key);
    const known = this.running.get(key);
    const hash = known?.bytes === size ? known.hash.clone() : await hashOf(key, size, store);
    return bytesToHex(hash.digest());
  }

  forget(key: string): void {
    this.running.delete(key);
  }
}

async function hashOf(key: string, size: number, store: Pick<ByteStore, "read">): Promise<Running> {
  const hash = sha256.create();
  for (let at = 0; at < size; ) {
    const piece = await store.read(key, at, Math.min(size, at + READ_BYTES));
    if (piece.length === 0) throw new Error("the recording ends before its size");
    hash.update(piece);
    at += piece.length;
  }
  return hash;
}

export function sha256Of(bytes: Iterable<number>): string {
  return bytesToHex(sha256(Uint8Array.from(bytes)));
}
