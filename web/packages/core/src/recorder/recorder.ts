import type { Ms, RecordingSettings, Source } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { localNow, type ServerClock } from "../clock";
import type { Devices } from "../devices";
import { type FrameWatch, watchFrames } from "./first_frame";
import type { Ledger, StemRecord } from "./ledger";
import {
  closing,
  idleRecorder,
  type RecorderEffect,
  type RecorderEvent,
  recording,
  stepRecorder,
  type TakeRef,
} from "./machine";
import { loadTap, openPictureSegment, openSoundSegment, type RunningSegment } from "./segments";
import type { Vault, VaultEvent } from "./vault";

/** Who records, for the ledger: what a later visit needs to finish the stems without this page. */
export type RecorderIdentity = Pick<
  StemRecord,
  "sessionId" | "sessionTitle" | "participantId" | "token" | "inviteToken"
>;

export interface RecorderState {
  phase: "idle" | "recording" | "closing";
  take?: TakeRef;
  /** Sources written right now. */
  writing: Source[];
  /** The disk is full or refused: what follows is only in memory until it is uploaded. */
  degraded: boolean;
}

export interface RecorderOptions {
  devices: Devices;
  clock: ServerClock;
  vault: Vault;
  ledger: Ledger;
  identity: RecorderIdentity;
  /** Of the take that runs or begins. */
  settings: () => RecordingSettings;
  /** Whether this person takes part with that source; asked again at follow(). */
  mayRecord: (source: Source) => boolean;
  /** A stem exists in the ledger from its first moment; the uploader takes it from here. */
  onStem: (record: StemRecord) => void;
}

interface Live {
  serial: number;
  key: string;
  running?: RunningSegment;
}

/**
 * Runs the recorder machine: opens and closes segments on the tracks of Devices while a take runs. It needs no
 * connection: the take's events start and stop it, everything between happens in this browser.
 */
export class Recorder {
  readonly store: StoreApi<RecorderState> = createStore<RecorderState>(() => ({
    phase: "idle",
    writing: [],
    degraded: false,
  }));
  private readonly options: RecorderOptions;
  private readonly live = new Map<string, Live>();
  private readonly unsubscribe: (() => void)[];
  private readonly watches = new Map<Source, FrameWatch>();
  private hadMicrophone = false;
  private machine = idleRecorder;
  private wake: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RecorderOptions) {
    this.options = options;
    const { devices, vault, clock } = options;
    this.unsubscribe = [
      vault.on((event) => this.onVault(event)),
      devices.store.subscribe(() => this.follow()),
      clock.onChange((offsetMs) => vault.order({ op: "clock", offsetMs })),
    ];
    vault.order({ op: "clock", offsetMs: clock.offsetMs() });
    this.follow();
  }

  start(take: TakeRef): void {
    this.send({ type: "takeStarted", take });
  }

  /** Ends what is open; the same take's next stems begin when it is resumed. */
  pause(takeId: string): void {
    this.send({ type: "takePaused", takeId });
  }

  resume(takeId: string): void {
    this.send({ type: "takeResumed", takeId });
  }

  stop(takeId?: string): void {
    this.send({ type: "takeStopped", takeId });
  }

  /** Ends what is open and lets go of the devices' tracks; what was recorded stays and is uploaded. */
  close(): void {
    this.stop();
    for (const off of this.unsubscribe.slice(1)) off();
    for (const watch of this.watches.values()) watch.stop();
  }

  /** Takes up the devices' tracks as they are now, as far as this person takes part with them. */
  follow(): void {
    const { devices, mayRecord } = this.options;
    const { microphone, rawMicrophone, camera, screen } = devices.store.getState();
    // The tap outlives any microphone: after the first one the graph is there and stays.
    if (microphone) loadTap(this.options.devices).catch(() => undefined);
    if (camera) this.watch("camera", camera);
    if (screen) this.watch("screen", screen);
    this.hadMicrophone ||= microphone !== undefined;
    const mic = this.hadMicrophone ? "tap" : undefined;
    const wanted: [Source, string | undefined][] = [
      ["mic", mic],
      ["raw_mic", rawMicrophone?.id],
      ["camera", camera?.id],
      ["screen", screen?.id],
    ];
    for (const [source, trackId] of wanted) {
      const next = mayRecord(source) ? trackId : undefined;
      if (this.machine.tracks[source] !== next) this.send({ type: "trackChanged", source, trackId: next });
    }
  }

  private send(event: RecorderEvent): void {
    const [next, effects] = stepRecorder(this.machine, event, localNow());
    this.machine = next;
    this.store.setState({
      phase: recording(next) ? "recording" : closing(next) ? "closing" : "idle",
      take: next.take,
      writing: next.segments.map((segment) => segment.source),
    });
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: RecorderEffect): void {
    if (effect.type === "open") void this.open(effect);
    else if (effect.type === "close") this.closeSegment(effect.serial);
    else {
      clearTimeout(this.wake);
      this.wake = setTimeout(() => this.send({ type: "tick" }), Math.max(0, effect.atMs - localNow()));
    }
  }

  private async open(effect: Extract<RecorderEffect, { type: "open" }>): Promise<void> {
    const key = crypto.randomUUID();
    const entry: Live = { serial: effect.serial, key };
    this.live.set(key, entry);
    try {
      // The vault does one thing after the other for a key: what is captured meanwhile waits for its place.
      const opened = this.options.vault.open(key);
      opened.catch(() => undefined);
      entry.running = await this.openSegment(key, effect);
      await opened;
      const record = this.recordOf(key, effect, entry.running);
      await this.options.ledger.put(record);
      this.options.onStem(record);
      this.send({ type: "segmentRunning", serial: effect.serial });
      if (this.machine.segments.some((segment) => segment.serial === effect.serial && segment.closing))
        entry.running.close();
    } catch (error) {
      console.error("recording could not start", effect.source, error);
      this.fail(entry);
    }
  }

  private openSegment(key: string, effect: Extract<RecorderEffect, { type: "open" }>): Promise<RunningSegment> {
    const { vault, devices, clock } = this.options;
    const settings = this.options.settings();
    if (effect.source === "mic") return openSoundSegment({ key, vault, devices, clock, settings });
    const { rawMicrophone, camera, screen } = devices.store.getState();
    const track = { raw_mic: rawMicrophone, camera, screen }[effect.source];
    if (track?.id !== effect.trackId) throw new Error("the track has gone");
    if (effect.source === "raw_mic") return openSoundSegment({ key, vault, devices, clock, settings, track });
    const frames = this.watch(effect.source, track);
    return openPictureSegment({ key, vault, frames, clock, settings, onEnded: () => this.onPictureEnded(key) });
  }

  private watch(source: Source, track: MediaStreamTrack): FrameWatch {
    const known = this.watches.get(source);
    if (known?.track === track) return known;
    known?.stop();
    const fresh = watchFrames(track);
    this.watches.set(source, fresh);
    return fresh;
  }

  private onPictureEnded(key: string): void {
    const entry = this.live.get(key);
    const segment = this.machine.segments.find((candidate) => candidate.serial === entry?.serial);
    // Its track ended by itself (unplugged): the machine hears of it as a track that is gone.
    if (segment && !segment.closing) this.send({ type: "trackChanged", source: segment.source, trackId: undefined });
  }

  private recordOf(
    key: string,
    effect: Extract<RecorderEffect, { type: "open" }>,
    running: RunningSegment,
  ): StemRecord {
    return {
      key,
      ...this.options.identity,
      takeId: effect.take.id,
      takeStartedAtMs: effect.take.startedAtMs,
      source: effect.source,
      closed: false,
      ...running.description,
    };
  }

  private closeSegment(serial: number): void {
    const entry = [...this.live.values()].find((candidate) => candidate.serial === serial);
    entry?.running?.close();
  }

  private onVault(event: VaultEvent): void {
    const entry = this.live.get(event.key);
    if (!entry) return;
    if (event.event === "started") this.settleStart(event.key, event.startedAtMs);
    else if (event.event === "closed") void this.closed(entry);
    else if (event.event === "failed") this.fail(entry);
    else if (event.event === "degraded") this.store.setState({ degraded: true });
  }

  private settleStart(key: string, startedAtMs: Ms): void {
    void this.options.ledger.update(key, { startedAtMs });
  }

  private async closed(entry: Live): Promise<void> {
    this.live.delete(entry.key);
    await this.options.ledger.update(entry.key, { closed: true });
    this.send({ type: "segmentClosed", serial: entry.serial });
  }

  private fail(entry: Live): void {
    entry.running?.close();
    this.send({ type: "segmentFailed", serial: entry.serial });
  }
}
