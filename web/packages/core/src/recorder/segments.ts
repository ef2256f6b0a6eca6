import type { Ms, RecordingSettings } from "@greenroom/contract";
import { localNow, type ServerClock } from "../clock";
import type { Devices } from "../devices";
import type { FrameWatch } from "./first_frame";
import type { StemRecord } from "./ledger";
import workletUrl from "./pcm_worklet.ts?worker&url";
import { pictureType } from "./picture_type";
import type { Vault } from "./vault";

/** One source being written: what it is, and how to end it. Its bytes go to the vault under its key. */
export interface RunningSegment {
  description: Pick<StemRecord, "contentType" | "startedAtMs" | "sampleRate" | "channels" | "width" | "height">;
  close(): void;
}

export const PCM_CONTENT_TYPE = "audio/x-greenroom-pcm";
/** What is lost at most when the browser dies: one slice of picture, half a second of sound. */
const TIMESLICE_MS = 1_000;
const KEY_FRAME_INTERVAL_MS = 2_000;
/** Browsers deliver microphone samples about one device buffer after the sound. */
const TYPICAL_LATENCY_S = 0.01;

const worklets = new WeakMap<AudioContext, Promise<void>>();

/** Called as soon as there is a microphone, so that a take does not begin with fetching code. */
export function loadTap(devices: Devices): Promise<void> {
  const { context } = devices.sound.tap();
  const known = worklets.get(context);
  if (known) return known;
  const loading = context.audioWorklet.addModule(workletUrl);
  worklets.set(context, loading);
  loading.catch(() => worklets.delete(context));
  return loading;
}

interface SoundOptions {
  key: string;
  vault: Vault;
  devices: Devices;
  clock: ServerClock;
  settings: RecordingSettings;
  /** Recorded alone; without one the microphone is, whichever it is. */
  track?: MediaStreamTrack;
}

export function openSoundSegment(wanted: SoundOptions): Promise<RunningSegment> {
  const opus = wanted.settings.audio === "opus" && MediaRecorder.isTypeSupported(OPUS_CONTENT_TYPE);
  return opus ? openOpusSegment(wanted) : openPcmSegment(wanted);
}

async function openPcmSegment({ key, vault, devices, track }: SoundOptions): Promise<RunningSegment> {
  const { context, node } = devices.sound.tap(track);
  await Promise.all([loadTap(devices), devices.sound.resume()]);

  const tap = new AudioWorkletNode(context, "greenroom-pcm-tap", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  const channel = new MessageChannel();
  const heard = track ?? devices.store.getState().microphone;
  const settings = heard?.getSettings() as { latency?: number } | undefined;
  const latencyMs = (settings?.latency ?? TYPICAL_LATENCY_S) * 1_000;
  vault.order({ op: "pcm", key, port: channel.port2, sampleRate: context.sampleRate, latencyMs }, [channel.port2]);
  tap.port.postMessage({ sink: channel.port1 }, [channel.port1]);
  const startedAtMs = await firstSample(key, vault, () => node.connect(tap));

  let open = true;
  return {
    description: { contentType: PCM_CONTENT_TYPE, startedAtMs, sampleRate: context.sampleRate, channels: 1 },
    close: () => {
      if (!open) return;
      open = false;
      tap.port.postMessage({ end: true });
      // The node must keep running until it has handed over its last block.
      setTimeout(() => node.disconnect(tap), TIMESLICE_MS);
    },
  };
}

const FIRST_SAMPLE_TIMEOUT_MS = 5_000;

function firstSample(key: string, vault: Vault, connect: () => void): Promise<Ms> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => done(() => reject(new Error("the microphone delivers nothing"))),
      FIRST_SAMPLE_TIMEOUT_MS,
    );
    const off = vault.on((event) => {
      if (event.key === key && event.event === "started") done(() => resolve(event.startedAtMs));
    });
    const done = (settle: () => void) => {
      clearTimeout(timer);
      off();
      settle();
    };
    connect();
  });
}

const OPUS_CONTENT_TYPE = "audio/webm;codecs=opus";
const OPUS_BITRATE = 192_000;

/** The same sound, compressed by the browser: a tenth of the bytes, and its clock is only as good as its start. */
async function openOpusSegment({ key, vault, devices, clock, track }: SoundOptions): Promise<RunningSegment> {
  const { context, node } = devices.sound.tap(track);
  await devices.sound.resume();
  const sink = new MediaStreamAudioDestinationNode(context, { channelCount: 1, channelCountMode: "explicit" });
  node.connect(sink);
  const options = { mimeType: OPUS_CONTENT_TYPE, audioBitsPerSecond: OPUS_BITRATE };
  const recorder = new MediaRecorder(sink.stream, options);
  keep(recorder, key, vault, clock, () => node.disconnect(sink));
  await started(recorder);
  return {
    description: {
      contentType: options.mimeType,
      startedAtMs: clock.now(),
      sampleRate: context.sampleRate,
      channels: 1,
    },
    close: () => {
      if (recorder.state !== "inactive") recorder.stop();
    },
  };
}

/** What a browser's recorder delivers goes to the vault, slice by slice. */
function keep(recorder: MediaRecorder, key: string, vault: Vault, clock: ServerClock, onEnded: () => void): void {
  recorder.ondataavailable = ({ data }) => {
    if (data.size > 0) vault.order({ op: "append", key, blob: data, untilMs: clock.now() });
  };
  recorder.onstop = () => {
    vault.order({ op: "finish", key });
    onEnded();
  };
}

interface PictureOptions {
  key: string;
  vault: Vault;
  frames: FrameWatch;
  clock: ServerClock;
  settings: RecordingSettings;
  onEnded: () => void;
}

export async function openPictureSegment(wanted: PictureOptions): Promise<RunningSegment> {
  const { key, vault, frames, clock, settings, onEnded } = wanted;
  const { track } = frames;
  const { width = 1280, height = 720, frameRate = settings.frameRate } = track.getSettings();
  const bitrate = settings.videoKbits ? settings.videoKbits * 1_000 : bitrateFor(height);
  const options = {
    mimeType: await pictureType({ width, height, framerate: frameRate, bitrate }),
    videoBitsPerSecond: bitrate,
    videoKeyFrameIntervalDuration: KEY_FRAME_INTERVAL_MS,
  };
  const recorder = new MediaRecorder(new MediaStream([track]), options);
  keep(recorder, key, vault, clock, onEnded);
  const beganAtMs = localNow();
  const firstFrame = frames.firstAfter(beganAtMs);
  await started(recorder);
  const startedAtMs = (await firstFrame) + clock.offsetMs();

  return {
    description: { contentType: options.mimeType, startedAtMs, width, height },
    close: () => {
      if (recorder.state !== "inactive") recorder.stop();
    },
  };
}

function started(recorder: MediaRecorder): Promise<void> {
  return new Promise((resolve, reject) => {
    recorder.onstart = () => resolve();
    recorder.onerror = () => reject(new Error("the browser could not record the picture"));
    recorder.start(TIMESLICE_MS);
  });
}

function bitrateFor(height: number): number {
  if (height >= 2160) return 24_000_000;
  if (height >= 1080) return 8_000_000;
  return height >= 700 ? 5_000_000 : 2_500_000;
}
