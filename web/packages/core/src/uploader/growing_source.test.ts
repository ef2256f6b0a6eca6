import { describe, expect, it, vi } from "vitest";
import { type GrowingFile, GrowingSource } from "./growing_source";

class FakeFile implements GrowingFile {
  content = new Uint8Array();
  isClosed = false;
  private readonly listeners = new Set<() => void>();
  bytes = () => this.content.length;
  closed = () => this.isClosed;
  read = async (start: number, end: number) => this.content.slice(start, end);
  onChange = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  grow(bytes: number): void {
    this.content = new Uint8Array(this.content.length + bytes);
    this.change();
  }
  close(): void {
    this.isClosed = true;
    this.change();
  }
  private change(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

describe("growing source", () => {
  it("waits for enough bytes, or a while for a few", async () => {
    vi.useFakeTimers();
    const file = new FakeFile();
    const slice = new GrowingSource(file).slice(0, 1e9);
    file.grow(10);
    await vi.advanceTimersByTimeAsync(2_000);
    const { value, done } = await slice;
    expect([value?.size, done]).toEqual([10, false]);
    vi.useRealTimers();
  });

  it("says done with the last bytes after the recorder has closed the stem", async () => {
    const file = new FakeFile();
    file.grow(300_000);
    file.close();
    const source = new GrowingSource(file);
    expect((await source.slice(0, 200_000)).done).toBe(false);
    const last = await source.slice(200_000, 400_000);
    expect([last.value?.size, last.done]).toEqual([100_000, true]);
  });

  it("says done with an empty request when everything was sent before the close", async () => {
    const file = new FakeFile();
    file.grow(300_000);
    const slice = new GrowingSource(file).slice(300_000, 400_000);
    file.close();
    expect(await slice).toEqual({ value: null, done: true });
  });

  it("ends a wait when it is closed", async () => {
    const source = new GrowingSource(new FakeFile());
    const slice = source.slice(0, 100);
    source.close();
    await expect(slice).rejects.toThrow("stopped");
  });
});
