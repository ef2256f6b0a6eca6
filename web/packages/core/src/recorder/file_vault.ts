import type { ByteStore } from "./byte_store";
import { IdbStore } from "./idb_store";
import { STEM_FOLDER } from "./opfs_store";
import { StemHashes } from "./stem_hashes";
import type { Vault } from "./vault";

/**
 * The vault of a service worker: it can read and remove what pages have recorded, and records nothing itself. It has no
 * synchronous files, so it reads the same ones by their `File`.
 */
export async function openFileVault(): Promise<Vault> {
  const pieces = await IdbStore.create();
  const folder = await stemFolder();
  const stored = async (key: string): Promise<Pick<ByteStore, "size" | "read">> => {
    const handle = await folder?.getFileHandle(key).catch(() => undefined);
    if (!handle) return pieces;
    const file = await handle.getFile();
    return {
      size: async () => file.size,
      read: async (_key, start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
    };
  };
  return {
    open: async (key) => (await stored(key)).size(key),
    size: async (key) => (await stored(key)).size(key),
    read: async (key, start, end) => (await stored(key)).read(key, start, end),
    digest: async (key) => new StemHashes().digest(key, await stored(key)),
    remove: async (key) => {
      await folder?.removeEntry(key).catch(() => undefined);
      await pieces.remove(key);
    },
    list: () => pieces.list(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    order: () => undefined,
    on: () => () => undefined,
  };
}

async function stemFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(STEM_FOLDER);
  } catch {
    return undefined;
  }
}
