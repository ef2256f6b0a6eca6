import { localNow } from "../clock";

/**
 * A stem's bytes as tus-js-client's FileSource: a file that still grows. `slice` answers as soon as there is something
 * worth a request; `done` (and with it the upload's length) is said only after the recorder has closed the stem.
 */
export interface GrowingFile {
  bytes(): number;
  closed(): boolean;
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Called after each growth and at the close. */
  onChange(listener: () => void): () => void;
  /** Where uploads are paced: how much is worth a request now, and how many of these bytes may go, when it is time. */
  pace?: {
    piece(): number;
    allow(wanted: number): Promise<number>;
    answered(bytes: number, afterMs: number): void;
  };
}

/** Small requests cost a round trip and an fsync each; waiting longer would leave more at risk. */
const WORTH_SENDING_BYTES = 128 * 1024;
const WAIT_AT_MOST_MS = 500;

export class GrowingSource {
  readonly size = null as unknown as number;
  private readonly file: GrowingFile;
  private stop: (() => void) | undefined;
  private sent: { bytes: number; atMs: number } | undefined;

  constructor(file: GrowingFile) {
    this.file = file;
  }

  async slice(start: number, end: number): Promise<{ value: Blob | null; done: boolean }> {
    // The next piece is asked for when the one before has been answered.
    if (this.sent) this.file.pace?.answered(this.sent.bytes, localNow() - this.sent.atMs);
    this.sent = undefined;
    await this.worthSending(start, end);
    const waiting = Math.min(end, this.file.bytes()) - start;
    const allowed = waiting > 0 ? await this.allowed(waiting) : 0;
    const closed = this.file.closed();
    const bytes = allowed > 0 ? await this.file.read(start, start + allowed) : new Uint8Array();
    if (bytes.length > 0) this.sent = { bytes: bytes.length, atMs: localNow() };
    const done = closed && start + bytes.length >= this.file.bytes();
    return { value: bytes.length > 0 ? new Blob([bytes]) : null, done };
  }

  /** Ends a wait that is under way, as tus-js-client itself has no way to. */
  close(): void {
    this.stop?.();
  }

  private allowed(waiting: number): Promise<number> {
    const { pace } = this.file;
    if (!pace) return Promise.resolve(waiting);
    return new Promise((resolve, reject) => {
      this.stop = () => reject(new Error("upload stopped"));
      void pace.allow(waiting).then(resolve);
    });
  }

  private worthSending(start: number, end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        off();
        this.stop = undefined;
        settle();
      };
      const look = () => {
        const waiting = Math.min(this.file.bytes(), end) - start;
        const worth = Math.min(WORTH_SENDING_BYTES, this.file.pace?.piece() ?? WORTH_SENDING_BYTES);
        if (this.file.closed() || waiting >= worth) finish(resolve);
        else if (waiting > 0) timer ??= setTimeout(() => finish(resolve), WAIT_AT_MOST_MS);
      };
      const off = this.file.onChange(look);
      this.stop = () => finish(() => reject(new Error("upload stopped")));
      look();
    });
  }
}
