import type { Api, Ms } from "@greenroom/contract";
import { localNow } from "../clock";
import type { Ledger, StemRecord } from "../recorder/ledger";
import type { Vault, VaultEvent } from "../recorder/vault";
import { reasonOf, renewToken, troubleOf, type UploadTrouble } from "./failures";
import type { GrowingFile } from "./growing_source";
import { beginUpload, stepUpload, type UploadEffect, type UploadEvent, type UploadState } from "./machine";
import { Marks } from "./marks";
import type { Pacer } from "./pacer";
import { Speed } from "./speed";
import type { Transfer, Verify } from "./transport";
import type { UploadItem } from "./uploads";

export interface StemUploadOptions {
  record: StemRecord;
  localBytes: number;
  origin: string;
  vault: Vault;
  ledger: Ledger;
  pacer: Pacer;
  api: (token: string) => Api;
  transfer: Transfer;
  verify: Verify;
  onChange: (item: Omit<UploadItem, "recovered">) => void;
  onDone: () => void;
}

/** Runs the upload machine of one stem. */
export class StemUpload {
  record: StemRecord;
  doneAtMs: Ms | undefined;
  private readonly options: StemUploadOptions;
  private readonly marks: Marks;
  private readonly speed = new Speed();
  private readonly listeners = new Set<() => void>();
  private machine: UploadState | undefined;
  private trouble: UploadTrouble | undefined;
  private stopTransfer: (() => void) | undefined;
  private wake: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(options: StemUploadOptions) {
    this.options = options;
    this.record = options.record;
    this.marks = new Marks(options.record.startedAtMs);
  }

  start(): void {
    const { localBytes } = this.options;
    const { uploadUrl, closed } = this.record;
    this.take(beginUpload({ created: uploadUrl !== undefined, localBytes, closed }, localNow()));
  }

  /** Its length is final. */
  get closed(): boolean {
    return this.machine?.closed ?? this.record.closed;
  }

  send(event: UploadEvent): void {
    if (!this.machine || this.stopped) return;
    this.take(stepUpload(this.machine, event, localNow()));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.wake);
    this.stopTransfer?.();
  }

  onVault(event: VaultEvent): void {
    if (event.event === "appended") {
      this.marks.add(event.size, event.untilMs);
      this.send({ type: "grew", bytes: event.size });
    } else if (event.event === "closed") this.send({ type: "closed", bytes: event.size });
    else return;
    for (const listener of [...this.listeners]) listener();
  }

  private take([state, effects]: [UploadState, UploadEffect[]]): void {
    this.machine = state;
    this.publish(state);
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: UploadEffect): void {
    if (effect.type === "create") void this.create();
    else if (effect.type === "upload") this.upload();
    else if (effect.type === "abort") this.stopTransfer?.();
    else if (effect.type === "verify") void this.verify();
    else if (effect.type === "wake") this.sleepUntil(effect.atMs);
    else this.done();
  }

  private async create(): Promise<void> {
    const { key, sendKey, takeId, source, contentType, startedAtMs, sampleRate, channels, width, height } = this.record;
    const clientKey = sendKey ?? key;
    try {
      const answer = await this.options
        .api(this.record.token)
        .createStem(takeId, { clientKey, source, contentType, startedAtMs, sampleRate, channels, width, height });
      await this.remember({ stemId: answer.stem.id, uploadUrl: answer.uploadUrl });
      this.send({ type: "created" });
    } catch (error) {
      await this.failed(error);
    }
  }

  private upload(): void {
    this.stopTransfer?.();
    let current = true;
    const stop = this.options.transfer(this.file(), this.url(), this.record.token, {
      onActive: () => current && this.send({ type: "active" }),
      onConfirmed: (bytes) => current && this.confirmed(bytes),
      onEnded: () => current && this.send({ type: "uploadEnded" }),
      onFailed: (status, code) => current && void this.failed({ status }, code),
    });
    this.stopTransfer = () => {
      current = false;
      stop();
    };
  }

  private confirmed(bytes: number): void {
    this.trouble = undefined;
    this.speed.confirmed(bytes, localNow());
    this.send({ type: "confirmed", bytes });
  }

  private async verify(): Promise<void> {
    try {
      const { complete, bytes, sha256 } = await this.options.verify(this.url(), this.record.token);
      const comparable = complete && sha256 !== undefined && bytes === this.machine?.localBytes;
      const matches = comparable ? (await this.options.vault.digest(this.record.key)) === sha256 : undefined;
      if (matches === false) this.trouble = { status: 200, code: "differs" };
      this.send({ type: "verified", complete, bytes, matches });
    } catch (error) {
      await this.failed(error);
    }
  }

  private url(): string {
    return new URL(this.record.uploadUrl ?? "", this.options.origin).href;
  }

  private async failed(error: unknown, code?: string): Promise<void> {
    this.trouble = { ...troubleOf(error), ...(code && { code }) };
    if (this.trouble.status === 401) {
      const token = await renewToken(this.options.api, this.record).catch(() => undefined);
      if (token) await this.remember({ token });
    }
    this.send({ type: "failed", reason: reasonOf(error) });
  }

  private done(): void {
    this.doneAtMs = localNow();
    this.stopTransfer?.();
    this.options.onDone();
  }

  private sleepUntil(atMs: Ms): void {
    clearTimeout(this.wake);
    this.wake = setTimeout(() => this.send({ type: "tick" }), Math.max(0, atMs - localNow()));
  }

  private async remember(change: Partial<StemRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    await this.options.ledger.update(this.record.key, change);
  }

  private file(): GrowingFile {
    return {
      bytes: () => this.machine?.localBytes ?? 0,
      closed: () => this.machine?.closed ?? false,
      read: (start, end) => this.options.vault.read(this.record.key, start, end),
      onChange: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      pace: this.options.pacer,
    };
  }

  private publish(state: UploadState): void {
    this.options.onChange({
      ...shownOf(this.record),
      localBytes: state.localBytes,
      confirmedBytes: state.confirmedBytes,
      capturedUntilMs: this.marks.latest(),
      safeUntilMs: this.marks.reached(state.confirmedBytes),
      bytesPerSecond: this.speed.bytesPerSecond(localNow()),
      closed: state.closed,
      phase: state.phase,
      trouble: this.trouble,
    });
  }
}

/** What a stem is, for people, from its record alone. */
export function shownOf(record: StemRecord) {
  const { key, takeId, takeStartedAtMs, sessionId, sessionTitle, source, stemId } = record;
  return { key, takeId, takeStartedAtMs, sessionId, sessionTitle, source, stemId };
}
