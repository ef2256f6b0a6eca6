import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { seeded } from "../testing/random";
import { type ByteStore, MemoryByteStore } from "./byte_store";
import { IdbStore } from "./idb_store";
import { SpillStore } from "./spill_store";

const bytes = (...values: number[]) => new Uint8Array(values);

/** A disk that takes so many bytes and then no more. */
class SmallDisk extends MemoryByteStore {
  private left: number;
  constructor(capacity: number) {
    super();
    this.left = capacity;
  }
  override async append(key: string, piece: Uint8Array<ArrayBuffer>): Promise<number> {
    if (piece.length > this.left) throw new DOMException("full", "QuotaExceededError");
    this.left -= piece.length;
    return super.append(key, piece);
  }
}

async function readAll(store: ByteStore, key: string): Promise<number[]> {
  const size = await store.size(key);
  const all: number[] = [];
  while (all.length < size) all.push(...(await store.read(key, all.length, size)));
  return all;
}

describe.each([
  ["memory", async () => new MemoryByteStore()],
  ["IndexedDB", () => IdbStore.create(`bytes-${crypto.randomUUID()}`)],
  ["a full disk", async () => new SpillStore(new SmallDisk(40), () => undefined)],
] as [string, () => Promise<ByteStore>][])("%s as a byte store", (_, create) => {
  it("gives back any range of what was appended", async () => {
    const store = await create();
    const random = seeded(7);
    const written: number[] = [];
    for (let piece = 0; piece < 20; piece++) {
      const values = Array.from({ length: 1 + random.below(9) }, () => random.below(256));
      written.push(...values);
      expect(await store.append("a", bytes(...values))).toBe(written.length);
    }
    expect(await readAll(store, "a")).toEqual(written);
    for (let check = 0; check < 50; check++) {
      const start = random.below(written.length);
      const part = await store.read("a", start, start + random.below(30));
      expect([...part]).toEqual(written.slice(start, start + part.length));
    }
  });

  it("keeps stems apart and removes one without the other", async () => {
    const store = await create();
    await store.append("a", bytes(1, 2));
    await store.append("b", bytes(3));
    await store.remove("a");
    expect(await store.size("a")).toBe(0);
    expect(await readAll(store, "b")).toEqual([3]);
  });
});

it("says so once when it starts to keep a stem in memory", async () => {
  const degraded: string[] = [];
  const store = new SpillStore(new SmallDisk(3), (key) => degraded.push(key));
  await store.append("a", bytes(1, 2));
  await store.append("a", bytes(3, 4));
  await store.append("a", bytes(5));
  expect(degraded).toEqual(["a"]);
  expect(await readAll(store, "a")).toEqual([1, 2, 3, 4, 5]);
});
