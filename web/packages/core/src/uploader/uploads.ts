import type { Api, Ms, Source } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { localNow } from "../clock";
import type { Ledger, StemRecord } from "../recorder/ledger";
import type { Vault } from "../recorder/vault";
import type { UploadPhase } from "./machine";
import { StemUpload } from "./stem_upload";
import type { Transfer, Verify } from "./transport";

/** One stem as people see it. */
export interface UploadItem {
  key: string;
  takeId: string;
  takeStartedAtMs: Ms;
  sessionId: string;
  sessionTitle: string;
  source: Source;
  stemId?: string;
  localBytes: number;
  confirmedBytes: number;
  /** Server time up to which the sound or picture is in this browser, and on the server. */
  capturedUntilMs: Ms;
  safeUntilMs: Ms;
  closed: boolean;
  phase: UploadPhase;
  /** Left over from an earlier visit. */
  recovered: boolean;
}

export interface UploadsState {
  items: UploadItem[];
}

export interface UploadsOptions {
  /** The server's; upload URLs are relative to it. */
  origin: string;
  vault: Vault;
  ledger: Ledger;
  api: (token: string) => Api;
  transfer: Transfer;
  verify: Verify;
}

const TICK_MS = 1_000;
/** A finished stem stays on the list for a while, so that people see that it arrived. */
const SHOW_DONE_MS = 10 * 60_000;

/** Every stem this browser still owes the server, of this visit and of earlier ones; each runs on its own. */
export class Uploads {
  readonly store: StoreApi<UploadsState> = createStore<UploadsState>(() => ({ items: [] }));
  private readonly options: UploadsOptions;
  private readonly running = new Map<string, StemUpload>();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(options: UploadsOptions) {
    this.options = options;
    options.vault.on((event) => this.running.get(event.key)?.onVault(event));
    this.timer = setInterval(() => this.tick(), TICK_MS);
    globalThis.addEventListener?.("online", () => this.each((upload) => upload.send({ type: "online" })));
  }

  /** Leaves everything where it is; a later visit goes on. */
  close(): void {
    clearInterval(this.timer);
    this.each((upload) => upload.stop());
    this.running.clear();
  }

  /** A stem that is being recorded on this page. */
  track(record: StemRecord): void {
    void this.adopt(record, false);
  }

  /** Finishes what an earlier visit left behind; another tab's stems are left to it until it goes. */
  async recover(): Promise<number> {
    const records = (await this.options.ledger.all()).filter((record) => !this.running.has(record.key));
    for (const record of records) void this.adopt(record, true);
    return records.length;
  }

  retry(key: string): void {
    const upload = this.running.get(key);
    const record = upload?.record;
    if (!upload || !record) return;
    upload.stop();
    this.running.delete(key);
    void this.run(record, true);
  }

  /** Gives up a stem the server refuses; only ever by a person's decision. */
  async discard(key: string): Promise<void> {
    this.running.get(key)?.stop();
    this.running.delete(key);
    await this.forget(key);
    this.store.setState((state) => ({ items: state.items.filter((item) => item.key !== key) }));
  }

  /** The raw bytes, for a person who wants to keep what the server refused. */
  async fileOf(key: string): Promise<Blob> {
    const size = await this.options.vault.size(key);
    return new Blob([await this.options.vault.read(key, 0, size)]);
  }

  private async adopt(record: StemRecord, recovered: boolean): Promise<void> {
    if (!globalThis.navigator?.locks) return this.run(record, recovered);
    await navigator.locks.request(`greenroom-stem-${record.key}`, async () => {
      // While we waited for the lock the other tab may have finished it.
      if (recovered && !(await this.options.ledger.all()).some((left) => left.key === record.key)) return;
      await this.run(record, recovered);
    });
  }

  /** Resolves when the stem is done: the lock is held as long. */
  private async run(record: StemRecord, recovered: boolean): Promise<void> {
    const localBytes = await this.options.vault.open(record.key).catch(() => 0);
    // Closed too early or killed before its first byte: nothing to keep.
    if (recovered && localBytes === 0) return this.forget(record.key);
    await new Promise<void>((resolve) => {
      const upload = new StemUpload({
        record,
        localBytes,
        // What an earlier visit left open has been ended by that visit's death.
        closed: recovered || record.closed,
        ...this.options,
        onChange: (change) => this.show(upload, change, recovered),
        onDone: () => void this.forget(record.key).then(resolve),
      });
      this.running.set(record.key, upload);
      upload.start();
    });
  }

  private async forget(key: string): Promise<void> {
    await this.options.vault.remove(key);
    await this.options.ledger.remove(key);
  }

  private show(upload: StemUpload, change: Omit<UploadItem, "recovered">, recovered: boolean): void {
    const item = { ...change, recovered };
    this.store.setState((state) => {
      const known = state.items.some((candidate) => candidate.key === upload.record.key);
      return { items: known ? state.items.map((old) => (old.key === item.key ? item : old)) : [...state.items, item] };
    });
  }

  private tick(): void {
    this.each((upload) => upload.send({ type: "tick" }));
    for (const [key, upload] of this.running) {
      if (upload.doneAtMs !== undefined && localNow() - upload.doneAtMs > SHOW_DONE_MS) this.drop(key);
    }
  }

  private drop(key: string): void {
    this.running.delete(key);
    this.store.setState((state) => ({ items: state.items.filter((item) => item.key !== key) }));
  }

  private each(act: (upload: StemUpload) => void): void {
    for (const upload of this.running.values()) act(upload);
  }
}
