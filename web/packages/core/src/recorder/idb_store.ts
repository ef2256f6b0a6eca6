import { type IDBPDatabase, openDB } from "idb";
import type { ByteStore } from "./byte_store";

interface Piece {
  key: string;
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The same promise kept in IndexedDB, for browsers without synchronous files: one row per appended piece. */
export class IdbStore implements ByteStore {
  private readonly database: IDBPDatabase;

  private constructor(database: IDBPDatabase) {
    this.database = database;
  }

  static async create(name = "greenroom-bytes"): Promise<IdbStore> {
    return new IdbStore(
      await openDB(name, 1, {
        upgrade: (database) => void database.createObjectStore("pieces", { keyPath: ["key", "offset"] }),
      }),
    );
  }

  open(key: string): Promise<number> {
    return this.size(key);
  }

  async append(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const offset = await this.size(key);
    const transaction = this.database.transaction("pieces", "readwrite", { durability: "strict" });
    await transaction.store.add({ key, offset, bytes });
    await transaction.done;
    return offset + bytes.length;
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const first = await this.pieceAt(key, start);
    if (!first) return new Uint8Array();
    const size = await this.size(key);
    const result = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    let cursor = await this.database
      .transaction("pieces")
      .store.openCursor(IDBKeyRange.bound([key, first.offset], [key, end], false, true));
    while (cursor) {
      copyOverlap(cursor.value as Piece, start, result);
      cursor = await cursor.continue();
    }
    return result;
  }

  async size(key: string): Promise<number> {
    const last = await this.pieceAt(key, Number.MAX_SAFE_INTEGER);
    return last ? last.offset + last.bytes.length : 0;
  }

  async remove(key: string): Promise<void> {
    await this.database.delete("pieces", IDBKeyRange.bound([key, 0], [key, Number.MAX_SAFE_INTEGER]));
  }

  async list(): Promise<string[]> {
    const keys = (await this.database.getAllKeys("pieces")) as unknown as [string, number][];
    return [...new Set(keys.map(([key]) => key))];
  }

  private async pieceAt(key: string, offset: number): Promise<Piece | undefined> {
    const range = IDBKeyRange.bound([key, 0], [key, offset]);
    const cursor = await this.database.transaction("pieces").store.openCursor(range, "prev");
    return cursor?.value as Piece | undefined;
  }
}

function copyOverlap(piece: Piece, start: number, result: Uint8Array): void {
  const from = Math.max(0, start - piece.offset);
  const at = Math.max(0, piece.offset - start);
  result.set(piece.bytes.subarray(from, from + result.length - at), at);
}
