import type { ConnectionQuality, Ms, StatsResult } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { judge, type QualitySample, type QualityVerdict, sampleOf, uplinkTroubled } from "./quality_rules";
import type { Signaling } from "./signaling";

export interface QualityState {
  /** Of everyone of whom something was told, by the key of their tile; good unless it says otherwise. */
  verdicts: Record<string, QualityVerdict>;
  /** One's own connection over the last minutes, oldest first. */
  samples: QualitySample[];
  /** Others get less of this person than they should. */
  uplinkTroubled: boolean;
}

export interface QualityOptions {
  signaling: Signaling;
  /** Whose connection the room speaks of: the key of their tile. */
  keyOf: (peerId: string) => string | undefined;
  now?: () => Ms;
}

export const LOOK_EVERY_MS = 2_000;
export const LOOK_BACK_MS = 5 * 60_000;
const SAMPLES_MAX = LOOK_BACK_MS / LOOK_EVERY_MS;
const PEOPLE_MAX = 64;

/** How well it goes for everyone here, as the server sees it; of one's own connection with the last minutes' course. */
export class Quality {
  readonly store: StoreApi<QualityState> = createStore<QualityState>(() => ({
    verdicts: {},
    samples: [],
    uplinkTroubled: false,
  }));
  private readonly options: QualityOptions;
  private readonly unsubscribe: (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;
  private before: { stats: StatsResult; atMs: Ms } | undefined;

  constructor(options: QualityOptions) {
    this.options = options;
    const { signaling } = options;
    this.unsubscribe = [
      signaling.on("connectionQuality", ({ peerId, quality }) => this.told(peerId, quality)),
      signaling.on("peerLeft", ({ participantId, peerId }) => this.forget(participantId ?? peerId)),
      // Nothing is known of the time in between, and what was counted starts anew with a new room.
      signaling.onDisconnected(() => this.interrupted()),
    ];
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
    for (const off of this.unsubscribe) off();
  }

  private async look(): Promise<void> {
    const { signaling, now = () => performance.now() } = this.options;
    if (!signaling.connected()) return;
    const stats = await signaling.request("getStats", {}).catch(() => undefined);
    if (!stats?.quality) return;
    const atMs = now();
    const sample = sampleOf(stats, atMs, this.before);
    this.before = { stats, atMs };
    this.store.setState(({ samples, uplinkTroubled: was }) => {
      const next = [...samples, sample].slice(-SAMPLES_MAX);
      return { samples: next, uplinkTroubled: uplinkTroubled(next, was) };
    });
  }

  private told(peerId: string, quality: ConnectionQuality): void {
    const key = this.options.keyOf(peerId);
    if (!key) return;
    this.store.setState(({ verdicts }) => {
      if (!(key in verdicts) && Object.keys(verdicts).length >= PEOPLE_MAX) return {};
      return { verdicts: { ...verdicts, [key]: judge(quality) } };
    });
  }

  private forget(key: string): void {
    this.store.setState(({ verdicts: { [key]: _, ...rest } }) => ({ verdicts: rest }));
  }

  private interrupted(): void {
    this.before = undefined;
    this.store.setState({ verdicts: {}, uplinkTroubled: false });
  }
}
