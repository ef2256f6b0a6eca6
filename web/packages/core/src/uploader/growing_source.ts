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
}

/** Small requests cost a round trip and an fsync each; waiting longer would leave more at risk. */
const WORTH_SENDING_BYTES = 128 * 1024;
const WAIT_AT_MOST_MS = 1_000;

export class GrowingSource {
  readonly size = null as unknown as number;
  private readonly file: GrowingFile;
  private stop: (() => void) | undefined;

  constructor(file: GrowingFile) {
    this.file = file;
  }

  async slice(start: number, end: number): Promise<{ value: Blob | null; done: boolean }> {
    await this.worthSending(start, end);
    const closed = this.file.closed();
    const available = Math.min(end, this.file.bytes());
    const bytes = available > start ? await this.file.read(start, available) : new Uint8Array();
    const done = closed && start + bytes.length >= this.file.bytes();
    return { value: bytes.length > 0 ? new Blob([bytes]) : null, done };
  }

  /** Ends a wait that is under way, as tus-js-client itself has no way to. */
  close(): void {
    this.stop?.();
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
        if (this.file.closed() || waiting >= WORTH_SENDING_BYTES) finish(resolve);
        else if (waiting > 0) timer ??= setTimeout(() => finish(resolve), WAIT_AT_MOST_MS);
      };
      const off = this.file.onChange(look);
      this.stop = () => finish(() => reject(new Error("upload stopped")));
      look();
    });
  }
}
