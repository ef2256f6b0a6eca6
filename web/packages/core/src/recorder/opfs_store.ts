import type { ByteStore } from "./byte_store";

/** The part of OPFS that exists only in a dedicated worker. */
interface SyncHandle {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  read(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  getSize(): number;
  flush(): void;
  close(): void;
}
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

export const STEM_FOLDER = "greenroom-stems";

/** Files of the origin private file system, written through and flushed before an append counts. */
export class OpfsStore implements ByteStore {
  private readonly handles = new Map<string, Promise<SyncHandle>>();
  private readonly folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.folder = folder;
  }

  /** Undefined where the browser has no synchronous file access. */
  static async create(): Promise<OpfsStore | undefined> {
    try {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(STEM_FOLDER, { create: true });
      const supported = "FileSystemFileHandle" in self && "createSyncAccessHandle" in FileSystemFileHandle.prototype;
      return supported ? new OpfsStore(folder) : undefined;
    } catch {
      return undefined;
    }
  }

  async open(key: string): Promise<number> {
    return (await this.handle(key)).getSize();
  }

  async append(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const handle = await this.handle(key);
    const at = handle.getSize();
    const written = handle.write(bytes, { at });
    if (written !== bytes.length) throw new DOMException("short write", "QuotaExceededError");
    handle.flush();
    return at + written;
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const handle = await this.handle(key);
    const bytes = new Uint8Array(Math.max(0, Math.min(end, handle.getSize()) - start));
    const count = handle.read(bytes, { at: start });
    return bytes.subarray(0, count);
  }

  async size(key: string): Promise<number> {
    return (await this.handle(key)).getSize();
  }

  async remove(key: string): Promise<void> {
    const open = this.handles.get(key);
    this.handles.delete(key);
    (await open?.catch(() => undefined))?.close();
    await this.folder.removeEntry(key).catch(() => undefined);
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of (this.folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    return names;
  }

  private handle(key: string): Promise<SyncHandle> {
    const known = this.handles.get(key);
    if (known) return known;
    const opening = this.folder
      .getFileHandle(key, { create: true })
      .then((file) => (file as WorkerFileHandle).createSyncAccessHandle());
    this.handles.set(key, opening);
    opening.catch(() => this.handles.delete(key));
    return opening;
  }
}
