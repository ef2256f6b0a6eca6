import type { Api, Ms, Source } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { localNow } from "../clock";
import type { Ledger, StemRecord } from "../recorder/ledger";
import { rescueFile } from "../recorder/rescue_file";
import type { Vault } from "../recorder/vault";
import type { UploadTrouble } from "./failures";
import type { UploadPhase } from "./machine";
import { Pacer } from "./pacer";
import { StemUpload, shownOf } from "./stem_upload";
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
  /** Lately, while it moves. */
  bytesPerSecond?: number;
  closed: boolean;
  /** Another tab, or this browser in the background, is at it. */
  phase: UploadPhase | "elsewhere";
  /** What went wrong last; undefined again as soon as it goes on. */
  trouble?: UploadTrouble;
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

/** How the work on a stem ended: all of it is on the server, or it was stopped, perhaps to begin again. */
type End = "done" | "stopped" | "again";

const TICK_MS = 1_000;
/** A finished stem stays on the list for a while, so that people see that it arrived. */
const SHOW_DONE_MS = 10 * 60_000;

/** Every stem this browser still owes the server, of this visit and of earlier ones; each runs on its own. */
export class Uploads {
  readonly store: StoreApi<UploadsState> = createStore<UploadsState>(() => ({ items: [] }));
  readonly pacer: Pacer;
  private readonly options: UploadsOptions;
  private readonly ends = new Map<string, (end: End) => void>();
  private readonly running = new Map<string, StemUpload>();
  /** Stems so short that they were closed before their upload had begun. */
  private readonly closedEarly = new Set<string>();
  private readonly timer: ReturnType<typeof setInterval>;
  private closed = false;

  constructor(options: UploadsOptions) {
    this.options = options;
    this.pacer = new Pacer((ms) => options.vault.wait(ms));
    options.vault.on((event) => {
      const upload = this.running.get(event.key);
      if (upload) upload.onVault(event);
      else if (event.event === "closed") this.closedEarly.add(event.key);
    });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    globalThis.addEventListener?.("online", () => this.each((upload) => upload.send({ type: "online" })));
  }

  /** Leaves everything where it is and lets go of it; a later visit, or another tab, goes on. */
  close(): void {
    clearInterval(this.timer);
    this.closed = true;
    for (const key of [...this.running.keys()]) this.end(key, "stopped");
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

  /** Once more, what the server has refused. */
  retry(key: string): void {
    this.end(key, "again");
  }

  /** The server's copy is not what is here: all of it again, as another stem. */
  async sendAnew(key: string): Promise<void> {
    const change = { sendKey: crypto.randomUUID(), uploadUrl: undefined, stemId: undefined };
    const upload = this.running.get(key);
    if (!upload) return;
    await this.options.ledger.update(key, change);
    upload.record = { ...upload.record, ...change };
    this.end(key, "again");
  }

  /** Gives up a stem the server refuses; only ever by a person's decision. */
  async discard(key: string): Promise<void> {
    this.end(key, "stopped");
    await this.forget(key);
    this.drop(key);
  }

  /** A file that any player opens, made of what is in this browser: the last resort. */
  async fileOf(key: string): Promise<{ blob: Blob; name: string } | undefined> {
    const { vault, ledger } = this.options;
    const record = (await ledger.all()).find((candidate) => candidate.key === key);
    return record && rescueFile(record, await vault.size(key), (start, end) => vault.read(key, start, end));
  }

  private async adopt(record: StemRecord, recovered: boolean): Promise<void> {
    const locks = globalThis.navigator?.locks;
    if (!locks) return this.work(record, recovered);
    const name = `greenroom-stem-${record.key}`;
    const free = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await this.work(record, recovered);
      return lock !== null;
    });
    if (free || this.closed) return;
    this.put(elsewhere(record));
    await locks.request(name, async () => {
      if (this.closed) return;
      // While we waited for the lock the other tab may have finished it.
      const left = (await this.options.ledger.all()).find((candidate) => candidate.key === record.key);
      if (left) await this.work(left, recovered);
      else this.put({ ...elsewhere(record), phase: "done" });
    });
  }

  /** Resolves when the stem is done or let go of: the lock is held as long. */
  private async work(record: StemRecord, recovered: boolean): Promise<void> {
    const localBytes = await this.options.vault.open(record.key).catch(() => 0);
    // Closed too early or killed before its first byte: nothing to keep.
    if (recovered && localBytes === 0) return this.forget(record.key);
    // What an earlier visit left open has been ended by that visit's death.
    let now = { ...record, closed: recovered || record.closed || this.closedEarly.delete(record.key) };
    let end: End;
    do {
      const upload = this.makeUpload(now, recovered, await this.options.vault.size(record.key).catch(() => localBytes));
      end = await new Promise<End>((resolve) => {
        this.ends.set(record.key, resolve);
        this.running.set(record.key, upload);
        upload.start();
      });
      now = { ...upload.record, closed: upload.closed };
    } while (end === "again");
  }

  private makeUpload(record: StemRecord, recovered: boolean, localBytes: number): StemUpload {
    return new StemUpload({
      ...this.options,
      pacer: this.pacer,
      record,
      localBytes,
      onChange: (change) => this.put({ ...change, recovered }),
      onDone: () => void this.forget(record.key).then(() => this.ends.get(record.key)?.("done")),
    });
  }

  private end(key: string, end: End): void {
    this.running.get(key)?.stop();
    this.running.delete(key);
    this.ends.get(key)?.(end);
    this.ends.delete(key);
  }

  private async forget(key: string): Promise<void> {
    await this.options.vault.remove(key);
    await this.options.ledger.remove(key);
  }

  private put(item: UploadItem): void {
    this.store.setState(({ items }) => {
      const known = items.some(({ key }) => key === item.key);
      return { items: known ? items.map((old) => (old.key === item.key ? item : old)) : [...items, item] };
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
    this.ends.delete(key);
    this.store.setState((state) => ({ items: state.items.filter((item) => item.key !== key) }));
  }

  private each(act: (upload: StemUpload) => void): void {
    for (const upload of this.running.values()) act(upload);
  }
}

function elsewhere(record: StemRecord): UploadItem {
  return {
    ...shownOf(record),
    localBytes: 0,
    confirmedBytes: 0,
    capturedUntilMs: record.startedAtMs,
    safeUntilMs: record.startedAtMs,
    closed: record.closed,
    phase: "elsewhere",
    recovered: true,
  };
}
