import {
  type Admission,
  type Api,
  ApiError,
  type Permission,
  type RecordingProgress,
  type Source,
  type Take,
} from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { createServerClock, localNow, type ServerClock } from "../clock";
import type { Devices } from "../devices";
import { type Ledger, Recorder, type Vault } from "../recorder";
import { isPaused, keepLatest } from "../timeline";
import type { UploadItem, Uploads } from "../uploader";
import { Consent } from "./consent";
import { Markers } from "./markers";
import { makeMediaDevice } from "./media_device";
import { People } from "./people";
import { Quality } from "./quality";
import { RecordingPlan } from "./recording_plan";
import { reportOf, Telling } from "./recording_report";
import { Room } from "./room";
import type { Signaling } from "./signaling";
import { Uplink } from "./uplink";

export type RecordPhase = "idle" | "recording" | "stopping" | "uploading" | "uploaded";

export interface StudioState {
  phase: RecordPhase;
  take?: Take;
  /** The take runs and nothing is recorded. */
  paused: boolean;
  /** Latest reports of everyone, this person included. */
  progress: RecordingProgress[];
  /** Starting or stopping did not reach the server yet; in words for people. */
  trouble?: string;
}

export interface StudioOptions {
  admission: Admission;
  inviteToken?: string;
  signaling: Signaling;
  api: Api;
  devices: Devices;
  vault: Vault;
  ledger: Ledger;
  uploads: Uploads;
}

const RIGHTS: Record<Source, Permission> = {
  mic: "publish_audio",
  raw_mic: "publish_audio",
  camera: "publish_video",
  screen: "share_screen",
};
const LOOK_MS = 250;
const STOP_RETRY_MS = 2_000;

/**
 * One person's presence in the studio: the room, the recorder and the uploads joined together. The recorder follows the
 * take's events; after each reconnection what was missed meanwhile is asked for. Leaving ends the recording, not the
 * uploads: those belong to the page.
 */
export class Studio {
  readonly store: StoreApi<StudioState> = createStore<StudioState>(() => ({
    phase: "idle",
    paused: false,
    progress: [],
  }));
  readonly room: Room;
  readonly people: People;
  readonly quality: Quality;
  readonly consent: Consent;
  readonly markers: Markers;
  readonly recorder: Recorder;
  readonly clock: ServerClock;
  /** How this person is recorded: as the session says, within what a host has set for them. */
  readonly plan: RecordingPlan;
  readonly admission: Admission;
  private readonly options: StudioOptions;
  private readonly unsubscribe: (() => void)[] = [];
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly uplink: Uplink;
  private readonly telling = new Telling();
  private left = false;

  constructor(options: StudioOptions) {
    this.options = options;
    this.admission = options.admission;
    const { signaling, devices, vault, ledger, uploads, admission } = options;
    this.clock = createServerClock((t0) => signaling.request("clock", { t0 }));
    this.people = new People({ signaling, api: options.api, admission });
    this.consent = new Consent({ api: options.api, admission });
    this.plan = new RecordingPlan(admission, signaling);
    this.markers = new Markers({ signaling, api: options.api, clock: this.clock, take: this.store });
    this.recorder = new Recorder({
      devices,
      clock: this.clock,
      vault,
      ledger,
      identity: {
        sessionId: admission.session.id,
        sessionTitle: admission.session.title,
        participantId: admission.participant.id,
        token: admission.token,
        inviteToken: options.inviteToken,
      },
      settings: () => this.plan.now(),
      mayRecord: (source) => this.takesPartWith(source) && this.consent.given && this.plan.covers(source),
      onStem: (record) => uploads.track(record),
    });
    this.room = new Room({
      signaling,
      callId: admission.callId,
      participantId: admission.participant.id,
      makeDevice: makeMediaDevice,
      onJoined: () => void this.catchUp(),
      onDisplaced: () => this.displaced(),
    });
    this.quality = new Quality({ signaling, keyOf: (peerId) => this.room.keyOf(peerId) });
    this.uplink = new Uplink({
      room: this.room,
      pacer: uploads.pacer,
      sharing: () => devices.store.getState().screen !== undefined,
    });
    void devices.plan(this.plan.now());
    this.followDevices();
    this.followTakes();
    this.followPlan();
    this.timer = setInterval(() => this.report(), LOOK_MS);
    if (admission.takeInProgress) this.takeStarted(admission.takeInProgress);
  }

  may(permission: Permission): boolean {
    return this.people.store.getState().may.includes(permission);
  }

  private takesPartWith(source: Source): boolean {
    return this.may(RIGHTS[source]);
  }

  /** The server records what it receives: who has not agreed is not sent while a take runs. */
  private isHeard(source: Source): boolean {
    return this.takesPartWith(source) && (this.consent.given || this.store.getState().phase !== "recording");
  }

  /** Somebody who only watches is not recorded and has nothing to upload. */
  get takesPart(): boolean {
    return this.takesPartWith("mic") || this.takesPartWith("camera");
  }

  async startTake(): Promise<void> {
    try {
      this.store.setState({ trouble: undefined });
      this.takeStarted(await this.options.api.startTake(this.admission.session.id));
    } catch (error) {
      this.store.setState({ trouble: wordsOf(error) });
    }
  }

  /** Nothing is recorded until it goes on; here at once, for everyone when the server has heard. */
  async pauseTake(): Promise<void> {
    await this.change((takeId) => this.options.api.pauseTake(takeId));
  }

  async resumeTake(): Promise<void> {
    await this.change((takeId) => this.options.api.resumeTake(takeId));
  }

  private async change(ask: (takeId: string) => Promise<Take>): Promise<void> {
    const takeId = this.store.getState().take?.id;
    if (!takeId) return;
    try {
      this.store.setState({ trouble: undefined });
      this.takeChanged(await ask(takeId));
    } catch (error) {
      this.store.setState({ trouble: wordsOf(error) });
    }
  }

  /** Stops here at once and goes on asking the server to stop the take for everyone until it has heard. */
  async stopTake(): Promise<void> {
    const takeId = this.store.getState().take?.id;
    if (!takeId) return;
    this.recorder.stop(takeId);
    this.store.setState({ phase: "stopping", paused: false, trouble: undefined });
    while (!this.left) {
      try {
        return this.takeStopped(await this.options.api.stopTake(takeId));
      } catch (error) {
        if (error instanceof ApiError && !error.transient) return this.stopRefused(takeId, error);
        this.store.setState({ trouble: wordsOf(error) });
        await new Promise((resolve) => setTimeout(resolve, STOP_RETRY_MS));
      }
    }
  }

  leave(): void {
    this.left = true;
    clearInterval(this.timer);
    this.recorder.close();
    this.uplink.close();
    this.room.close();
    this.plan.close();
    this.clock.stop();
    this.quality.close();
    this.markers.close();
    this.consent.close();
    this.people.close();
    for (const off of this.unsubscribe) off();
    this.options.signaling.close();
  }

  private followDevices(): void {
    const { devices } = this.options;
    const follow = () => {
      const { microphone, camera, screen, micOn } = devices.store.getState();
      const tracks = { mic: microphone, camera, screen };
      for (const source of ["mic", "camera", "screen"] as const)
        this.room.setTrack(source, (this.isHeard(source) && tracks[source]) || null);
      this.room.setPaused("mic", !micOn);
    };
    follow();
    this.unsubscribe.push(
      devices.store.subscribe(follow),
      // What a take's start and a person's word allow is not what was allowed before.
      this.store.subscribe(({ phase }, before) => phase !== before.phase && follow()),
      this.consent.store.subscribe(() => {
        this.recorder.follow();
        follow();
      }),
      this.people.store.subscribe(({ may }, before) => {
        if (may.join() === before.may.join()) return;
        // Who has watched so far has not been asked for a microphone yet.
        if (this.takesPart && devices.store.getState().opening) void devices.open();
        this.recorder.follow();
        follow();
      }),
    );
  }

  private followTakes(): void {
    const { signaling, uploads } = this.options;
    this.unsubscribe.push(
      signaling.on("takeStarted", ({ take }) => this.takeStarted(take)),
      signaling.on("takePaused", ({ take }) => this.takeChanged(take)),
      signaling.on("takeResumed", ({ take }) => this.takeChanged(take)),
      signaling.on("takeStopped", ({ take }) => this.takeStopped(take)),
      signaling.on("recordingProgress", ({ participantId, ...report }) => {
        if (participantId) this.hear({ ...report, participantId });
      }),
      uploads.store.subscribe(() => this.settlePhase()),
      this.recorder.store.subscribe(() => this.settlePhase()),
    );
  }

  /** A new limit holds from the next take on; between takes the camera follows at once, to be ready for it. */
  private followPlan(): void {
    this.unsubscribe.push(
      this.plan.store.subscribe(() => {
        if (this.store.getState().phase === "recording") return;
        this.settlePlan();
      }),
      this.store.subscribe(({ phase }, before) => {
        if (before.phase === "recording" && phase !== "recording") this.settlePlan();
      }),
    );
  }

  private settlePlan(): void {
    if (!this.plan.settle()) return;
    void this.options.devices.plan(this.plan.now());
    this.recorder.follow();
  }

  private takeStarted(take: Take): void {
    const { phase, take: current } = this.store.getState();
    // Our own stop may cross the news of its start.
    if (current?.id === take.id && phase !== "idle") return;
    this.settlePlan();
    const paused = isPaused(take);
    this.store.setState({ take, paused, phase: "recording", progress: [], trouble: undefined });
    this.recorder.start({ id: take.id, startedAtMs: take.startedAtMs });
    if (paused) this.recorder.pause(take.id);
  }

  private takeChanged(take: Take): void {
    const { take: current, phase } = this.store.getState();
    if (current?.id !== take.id || phase !== "recording") return;
    const paused = isPaused(take);
    this.store.setState({ take, paused });
    if (paused) this.recorder.pause(take.id);
    else this.recorder.resume(take.id);
  }

  private takeStopped(take: Take): void {
    if (this.store.getState().take?.id !== take.id) return;
    this.recorder.stop(take.id);
    this.store.setState({ take, paused: false, phase: "stopping", trouble: undefined });
    this.settlePhase();
  }

  /** The person records from elsewhere now; what was recorded here is kept and uploaded. */
  private displaced(): void {
    this.recorder.stop();
    this.store.setState({ phase: "idle", take: undefined, paused: false, progress: [] });
  }

  private stopRefused(takeId: string, error: ApiError): void {
    this.store.setState({ trouble: wordsOf(error) });
    void this.options.api.take(takeId).then(
      (take) => this.takeStopped(take),
      () => this.settlePhase(),
    );
  }

  /** What happened to the take while we were away. */
  private async catchUp(): Promise<void> {
    try {
      const { takes, participants, may } = await this.options.api.session(this.admission.session.id);
      this.people.know(participants, may);
      const { take, phase } = this.store.getState();
      const running = takes.find((candidate) => candidate.state === "recording");
      const mine = takes.find((candidate) => candidate.id === take?.id);
      if (mine && mine.state !== "recording" && phase === "recording") this.takeStopped(mine);
      if (running && running.id !== take?.id) this.takeStarted(running);
      else if (running) this.takeChanged(running);
    } catch {
      // The next reconnection or event tells; recording goes on meanwhile.
    }
  }

  /** After a stop: first the recorder closes its stems, then they travel, then they are there. */
  private settlePhase(): void {
    const { phase, take } = this.store.getState();
    if (phase !== "stopping" && phase !== "uploading") return;
    const recorderBusy = this.recorder.store.getState().phase !== "idle";
    const mine = this.myItems(take);
    const allThere = mine.every((item) => item.phase === "done" || item.phase === "refused");
    const next: RecordPhase = recorderBusy ? "stopping" : allThere ? this.arrived() : "uploading";
    if (next !== phase) this.store.setState({ phase: next });
  }

  private arrived(): RecordPhase {
    return this.takesPart ? "uploaded" : "idle";
  }

  private myItems(take: Take | undefined): UploadItem[] {
    return this.options.uploads.store.getState().items.filter((item) => item.takeId === take?.id);
  }

  private hear(report: RecordingProgress): void {
    if (report.takeId !== this.store.getState().take?.id) return;
    this.store.setState((state) => ({ progress: keepLatest(state.progress, report) }));
  }

  /** Everyone hears how far this person's recording is kept and how far it has arrived. */
  private report(): void {
    const { take, phase } = this.store.getState();
    if (!take || phase === "idle") return;
    const items = this.myItems(take);
    const { writing } = this.recorder.store.getState();
    const nowMs = take.stoppedAtMs ?? this.clock.now();
    for (const source of new Set(items.map((item) => item.source))) {
      const own = items.filter((item) => item.source === source);
      const report = reportOf(take, own, writing.includes(source) ? undefined : nowMs);
      if (!this.telling.isDue(report, localNow())) continue;
      this.telling.told(report, localNow());
      this.options.signaling.tell("recordingProgress", report);
      this.hear({ ...report, participantId: this.admission.participant.id });
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
