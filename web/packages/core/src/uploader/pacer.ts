import type { Ms } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { localNow } from "../clock";
import {
  type Bucket,
  type CallSample,
  filled,
  fullSpeed,
  type Pacing,
  pieceBytes,
  readyInMs,
  stepPacing,
  taken,
} from "./pacing";

export interface PacerState {
  /** Uploads wait so that the call stays clear: worth a word on the screen. */
  slower: boolean;
  /** Bits per second while a call is on. */
  rate?: number;
}

interface Waiting {
  wanted: number;
  allow: (bytes: number) => void;
}

/** Hands out what all uploads of this page together may send, in the order they ask. */
export class Pacer {
  readonly store: StoreApi<PacerState> = createStore<PacerState>(() => ({ slower: false }));
  private pacing: Pacing = fullSpeed;
  private bucket: Bucket = { bytes: 0, atMs: localNow() };
  private readonly queue: Waiting[] = [];
  private readonly wait: (ms: Ms) => Promise<void>;
  private waiting = false;
  private grantedBytes = 0;
  private heardAtMs = localNow();
  private waited = false;
  private burstBits = 0;

  /** `wait`: a timer that goes on in time while the page is hidden. */
  constructor(wait: (ms: Ms) => Promise<void>) {
    this.wait = wait;
  }

  /** How many of these bytes may go out now; answered when it is their turn. */
  allow(wanted: number): Promise<number> {
    return new Promise((resolve) => {
      this.queue.push({ wanted, allow: resolve });
      this.pump();
    });
  }

  /** What is worth a request of its own. */
  piece(): number {
    return pieceBytes(this.pacing.rate);
  }

  /** So many bytes were answered so long after they had been allowed. */
  answered(bytes: number, afterMs: Ms): void {
    this.burstBits = Math.max(this.burstBits, (bytes * 8_000) / Math.max(1, afterMs));
  }

  /** How the call is doing, once a second while there is one. */
  hear(sample: CallSample): void {
    const now = localNow();
    const seconds = Math.max(0.1, (now - this.heardAtMs) / 1_000);
    const usedBits = (this.grantedBytes * 8) / seconds;
    this.step(
      stepPacing(this.pacing, { type: "call", sample, usedBits, waited: this.waited, burstBits: this.burstBits }, now),
    );
    this.burstBits = 0;
    this.grantedBytes = 0;
    this.heardAtMs = now;
    this.waited = this.queue.length > 0;
  }

  callOver(): void {
    if (Number.isFinite(this.pacing.rate)) this.step(stepPacing(this.pacing, { type: "callOver" }, localNow()));
  }

  private step(next: Pacing): void {
    const { slower, rate } = next;
    this.pacing = next;
    this.store.setState({ slower, rate: Number.isFinite(rate) ? rate : undefined });
    this.pump();
  }

  private pump(): void {
    const { rate } = this.pacing;
    this.bucket = filled(this.bucket, rate, localNow());
    while (this.queue.length > 0 && readyInMs(this.bucket, rate) === 0) this.grant(this.queue.shift() as Waiting);
    if (this.queue.length > 0) void this.sleep(readyInMs(this.bucket, rate));
  }

  private async sleep(ms: Ms): Promise<void> {
    this.waited = true;
    if (this.waiting) return;
    this.waiting = true;
    await this.wait(ms);
    this.waiting = false;
    this.pump();
  }

  private grant({ wanted, allow }: Waiting): void {
    const bytes = Math.min(wanted, this.piece());
    this.grantedBytes += bytes;
    if (Number.isFinite(this.pacing.rate)) this.bucket = taken(this.bucket, bytes);
    allow(bytes);
  }
}
