import type { StoreApi } from "zustand/vanilla";
import type { DeviceState } from "./devices";

/** Of a capture, what tells whether the browser filters it. */
export interface Capture {
  readonly readyState: MediaStreamTrackState;
  readonly muted: boolean;
  getSettings(): Pick<MediaTrackSettings, "deviceId" | "echoCancellation">;
}

/** It sounds, and the browser filters it. */
export function isProcessed(track: Capture): boolean {
  return track.readyState === "live" && !track.muted && Boolean(track.getSettings().echoCancellation);
}

/**
 * Whether the device gives both at once, seen by what became of them: some browsers apply what was asked last to every
 * capture of a device (Firefox), others mute the first one (Safari).
 */
export function goTogether(microphone: Capture, raw: Capture): boolean {
  return isProcessed(microphone) && raw.readyState === "live" && raw.getSettings().echoCancellation === false;
}

interface RawMicrophoneOptions {
  store: StoreApi<DeviceState>;
  /** What the microphone is asked for. */
  constraints: () => MediaTrackConstraints;
  reopen: () => Promise<void>;
}

/** A browser that mutes the first capture takes a moment to say so. */
const SETTLE_MS = 300;

/**
 * A second capture of the microphone in use, without the browser's processing: only where that one is processed, and only
 * where it stays as it was. Asked for by its exact device, which the person has allowed already, it raises no question.
 */
export class RawMicrophone {
  private readonly options: RawMicrophoneOptions;
  private readonly refusing = new Set<string>();
  private wanted = false;
  /** The microphone that it is opened, or being opened, beside. */
  private beside: MediaStreamTrack | undefined;
  private attempt = 0;

  constructor(options: RawMicrophoneOptions) {
    this.options = options;
    options.store.subscribe(() => this.follow());
  }

  want(wanted: boolean): void {
    this.wanted = wanted;
    this.follow();
  }

  private follow(): void {
    const { rawMicrophone, micOn } = this.options.store.getState();
    if (rawMicrophone) rawMicrophone.enabled = micOn;
    const beside = this.candidate();
    if (beside === this.beside) return;
    this.beside = beside;
    this.attempt += 1;
    this.put(undefined);
    if (beside) void this.open(beside, this.attempt);
  }

  private candidate(): MediaStreamTrack | undefined {
    const { microphone, choices } = this.options.store.getState();
    if (!this.wanted || choices.headphones || microphone?.readyState !== "live") return undefined;
    if (microphone === this.beside) return microphone;
    const { deviceId } = microphone.getSettings();
    return deviceId && !this.refusing.has(deviceId) && isProcessed(microphone) ? microphone : undefined;
  }

  private async open(beside: MediaStreamTrack, attempt: number): Promise<void> {
    const deviceId = beside.getSettings().deviceId as string;
    const raw = await openRaw(deviceId);
    if (raw) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const current = attempt === this.attempt;
    if (current && raw && goTogether(beside, raw)) return this.put(raw);
    raw?.stop();
    if (current) {
      this.refusing.add(deviceId);
      this.beside = undefined;
    }
    await this.mend(beside);
  }

  /** The capture beside it may have changed the microphone. */
  private async mend(microphone: MediaStreamTrack): Promise<void> {
    const { store, constraints, reopen } = this.options;
    const changed = () => {
      const now = store.getState();
      const inUse = now.microphone === microphone && microphone.readyState === "live" && !now.choices.headphones;
      return inUse && !isProcessed(microphone);
    };
    if (changed()) await microphone.applyConstraints(constraints()).catch(() => undefined);
    if (changed()) await reopen();
  }

  private put(raw: MediaStreamTrack | undefined): void {
    const { store } = this.options;
    const { rawMicrophone: previous, micOn } = store.getState();
    if (raw) {
      raw.enabled = micOn;
      raw.contentHint = "music";
      raw.addEventListener("ended", () => store.getState().rawMicrophone === raw && this.put(undefined));
    }
    if (previous !== raw) store.setState({ rawMicrophone: raw });
    previous?.stop();
  }
}

async function openRaw(deviceId: string): Promise<MediaStreamTrack | undefined> {
  const unprocessed = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const audio = { deviceId: { exact: deviceId }, channelCount: { ideal: 1 }, ...unprocessed };
  const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch(() => undefined);
  return stream?.getAudioTracks()[0];
}
