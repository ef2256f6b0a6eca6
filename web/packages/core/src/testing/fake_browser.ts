import { MemoryByteStore } from "../recorder/byte_store";
import type { Ledger, StemRecord } from "../recorder/ledger";
import { StemHashes } from "../recorder/stem_hashes";
import type { Vault, VaultEvent } from "../recorder/vault";

/** What survives a killed browser: the bytes of its stems and the ledger. */
export class FakeDisk {
  readonly bytes = new MemoryByteStore();
  readonly records = new Map<string, StemRecord>();
}

/** One life of a page on that disk. */
export class FakePage {
  readonly vault: Vault;
  readonly ledger: Ledger;
  private readonly disk: FakeDisk;
  private readonly listeners = new Set<(event: VaultEvent) => void>();

  constructor(disk: FakeDisk) {
    this.disk = disk;
    const { bytes, records } = disk;
    this.vault = {
      open: (key) => bytes.open(key),
      size: (key) => bytes.size(key),
      read: (key, start, end) => bytes.read(key, start, end),
      digest: (key) => new StemHashes().digest(key, bytes),
      remove: (key) => bytes.remove(key),
      list: () => bytes.list(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      order: () => undefined,
      on: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
    this.ledger = {
      put: async (record) => void records.set(record.key, record),
      update: async (key, change) => {
        const record = records.get(key);
        if (record) records.set(key, { ...record, ...change });
      },
      remove: async (key) => void records.delete(key),
      all: async () => [...records.values()],
    };
  }

  async record(key: string, piece: Uint8Array<ArrayBuffer>, untilMs: number): Promise<void> {
    const size = await this.disk.bytes.append(key, piece);
    this.tell({ event: "appended", key, size, untilMs });
  }

  async finish(key: string): Promise<void> {
    this.tell({ event: "closed", key, size: await this.disk.bytes.size(key) });
  }

  private tell(event: VaultEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
