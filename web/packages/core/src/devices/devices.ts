import type { RecordingSettings } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Choices, loadChoices, saveChoices } from "./choices";
import { RawMicrophone } from "./raw_microphone";
import { SoundMeter } from "./sound_meter";

export type DeviceProblem = "denied" | "missing" | "busy" | "lost" | "silent" | "unsupported";

export interface DeviceState {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  choices: Choices;
  microphone?: MediaStreamTrack;
  /** The same microphone without the browser's processing, where it is wanted and the device gives both. */
  rawMicrophone?: MediaStreamTrack;
  camera?: MediaStreamTrack;
  screen?: MediaStreamTrack;
  micOn: boolean;
  cameraOn: boolean;
  micProblem?: DeviceProblem;
  cameraProblem?: DeviceProblem;
  opening: boolean;
}

const REOPEN_DELAY_MS = 500;

/**
 * This person's microphone, camera and screen. The recorder and the room take the tracks from the store and follow its
 * changes, so that unplugging a device costs a gap, never a recording. One owner: whoever entered the green room.
 */
export class Devices {
  readonly store: StoreApi<DeviceState>;
  readonly sound = new SoundMeter();
  private readonly raw: RawMicrophone;
  private closed = false;
  /** What the session asks of the camera. */
  private wanted = { videoHeight: 720, frameRate: 30 };

  constructor() {
    this.store = createStore<DeviceState>(() => ({
      microphones: [],
      cameras: [],
      choices: loadChoices(),
      micOn: true,
      cameraOn: true,
      opening: true,
    }));
    navigator.mediaDevices?.addEventListener("devicechange", this.onDeviceChange);
    this.sound.onSilence = (silent) => this.silence(silent);
    this.raw = new RawMicrophone({
      store: this.store,
      constraints: () => this.audioConstraints(),
      reopen: () => this.openMicrophone(),
    });
  }

  async open(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.store.setState({ opening: false, micProblem: "unsupported", cameraProblem: "unsupported" });
      return;
    }
    // Asked for together, people answer one question instead of two; apart when one of them is refused or missing.
    const both = await navigator.mediaDevices
      .getUserMedia({ audio: this.audioConstraints(), video: this.videoConstraints() })
      .catch(() => undefined);
    if (both) {
      this.takeMicrophone(both.getAudioTracks()[0]);
      this.takeCamera(both.getVideoTracks()[0]);
    } else {
      await Promise.all([this.openMicrophone(), this.openCamera()]);
    }
    this.store.setState({ opening: false });
    await this.refreshList();
  }

  async choose(choice: Partial<Choices>): Promise<void> {
    const choices = { ...this.store.getState().choices, ...choice };
    saveChoices(choices);
    this.store.setState({ choices });
    if ("microphoneId" in choice || "headphones" in choice) await this.openMicrophone();
    if ("cameraId" in choice || "quality" in choice) await this.openCamera();
  }

  /** What the session asks for: of a running camera and microphone at once, without another question to the person. */
  async plan({ videoHeight, frameRate, rawMic = false }: Omit<RecordingSettings, "audio">): Promise<void> {
    this.raw.want(rawMic);
    if (videoHeight === this.wanted.videoHeight && frameRate === this.wanted.frameRate) return;
    this.wanted = { videoHeight, frameRate };
    await this.store
      .getState()
      .camera?.applyConstraints(this.videoConstraints())
      .catch(() => undefined);
  }

  setMicOn(on: boolean): void {
    const { microphone } = this.store.getState();
    if (microphone) microphone.enabled = on;
    this.sound.expectSound(on);
    this.store.setState({ micOn: on, ...(on ? {} : { micProblem: undefined }) });
  }

  /** Off really is off: the camera's light goes out. */
  async setCameraOn(on: boolean): Promise<void> {
    this.store.setState({ cameraOn: on });
    if (on) return this.openCamera();
    this.takeCamera(undefined);
  }

  async shareScreen(): Promise<void> {
    const stream = await navigator.mediaDevices
      .getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: false })
      .catch(() => undefined);
    const track = stream?.getVideoTracks()[0];
    if (!track) return;
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.store.getState().screen === track && this.stopScreen());
    this.stopScreen();
    this.store.setState({ screen: track });
  }

  stopScreen(): void {
    this.store.getState().screen?.stop();
    this.store.setState({ screen: undefined });
  }

  close(): void {
    this.closed = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.onDeviceChange);
    const { microphone, camera } = this.store.getState();
    this.raw.want(false);
    microphone?.stop();
    camera?.stop();
    this.stopScreen();
    this.sound.close();
    this.store.setState({ microphone: undefined, camera: undefined });
  }

  private async openMicrophone(): Promise<void> {
    const result = await openTrack({ audio: this.audioConstraints() }, { audio: true });
    if (result.track) this.takeMicrophone(result.track);
    else this.store.setState({ micProblem: result.problem });
  }

  private async openCamera(): Promise<void> {
    if (!this.store.getState().cameraOn) return;
    // Some systems hand out a camera only once: let the old one go first.
    this.store.getState().camera?.stop();
    const result = await openTrack({ video: this.videoConstraints() }, { video: true });
    if (result.track) this.takeCamera(result.track);
    else this.store.setState({ camera: undefined, cameraProblem: result.problem });
  }

  private takeMicrophone(track: MediaStreamTrack | undefined): void {
    if (this.closed) return track?.stop();
    const previous = this.store.getState().microphone;
    if (track) {
      track.enabled = this.store.getState().micOn;
      track.contentHint = this.store.getState().choices.headphones ? "music" : "speech";
      track.addEventListener("ended", () => this.lostMicrophone(track));
    }
    this.sound.listenTo(track);
    this.store.setState({ microphone: track, micProblem: undefined });
    if (previous !== track) previous?.stop();
  }

  private takeCamera(track: MediaStreamTrack | undefined): void {
    if (this.closed) return track?.stop();
    const previous = this.store.getState().camera;
    track?.addEventListener("ended", () => this.lostCamera(track));
    this.store.setState({ camera: track, cameraProblem: undefined });
    if (previous !== track) previous?.stop();
  }

  private lostMicrophone(track: MediaStreamTrack): void {
    if (this.closed || this.store.getState().microphone !== track) return;
    this.store.setState({ micProblem: "lost" });
    setTimeout(() => void this.openMicrophone(), REOPEN_DELAY_MS);
  }

  private lostCamera(track: MediaStreamTrack): void {
    if (this.closed || this.store.getState().camera !== track) return;
    this.store.setState({ camera: undefined, cameraProblem: "lost" });
    setTimeout(() => void this.openCamera(), REOPEN_DELAY_MS);
  }

  /** A track may claim to be live while it delivers nothing (a call on a phone, a switched-off microphone). */
  private silence(silent: boolean): void {
    const { micProblem, micOn } = this.store.getState();
    if (!micOn || (micProblem && micProblem !== "silent")) return;
    this.store.setState({ micProblem: silent ? "silent" : undefined });
    if (silent && this.store.getState().microphone?.muted) void this.openMicrophone();
  }

  private readonly onDeviceChange = async (): Promise<void> => {
    await this.refreshList();
    const { microphone, camera, cameraOn } = this.store.getState();
    if (!microphone || microphone.readyState === "ended") await this.openMicrophone();
    if (cameraOn && (!camera || camera.readyState === "ended")) await this.openCamera();
  };

  private async refreshList(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.store.setState({
      microphones: all.filter((device) => device.kind === "audioinput"),
      cameras: all.filter((device) => device.kind === "videoinput"),
    });
  }

  private audioConstraints(): MediaTrackConstraints {
    const { microphoneId, headphones } = this.store.getState().choices;
    // With headphones nothing of the others reaches the microphone: all processing off is studio sound.
    const processing = !headphones;
    return {
      ...(microphoneId ? { deviceId: { ideal: microphoneId } } : {}),
      channelCount: { ideal: 1 },
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
    };
  }

  private videoConstraints(): MediaTrackConstraints {
    const { cameraId, quality } = this.store.getState().choices;
    const { frameRate, videoHeight } = this.wanted;
    const height = quality === "360p" ? 360 : videoHeight;
    return {
      ...(cameraId ? { deviceId: { ideal: cameraId } } : {}),
      width: { ideal: Math.round((height * 16) / 9) },
      height: { ideal: height },
      frameRate: { ideal: frameRate, max: frameRate },
    };
  }
}

interface Opened {
  track?: MediaStreamTrack;
  problem?: DeviceProblem;
}

async function openTrack(wanted: MediaStreamConstraints, atLeast: MediaStreamConstraints): Promise<Opened> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(wanted).catch((error: DOMException) => {
      if (error.name !== "OverconstrainedError") throw error;
      return navigator.mediaDevices.getUserMedia(atLeast);
    });
    return { track: stream.getTracks()[0] };
  } catch (error) {
    return { problem: problemOf(error as DOMException) };
  }
}

function problemOf(error: DOMException): DeviceProblem {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  return "busy";
}
