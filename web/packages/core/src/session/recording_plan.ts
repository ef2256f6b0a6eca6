import type { Admission, Participant, RecordingLimit, RecordingSettings, Source } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Signaling } from "./signaling";

export interface RecordingPlanState {
  /** What a host has set for this person; empty where nothing is. */
  limit: RecordingLimit;
  /** It has been set anew since this person came in: worth telling them. */
  changed: boolean;
}

/** The session's settings as far as the limit lets them. */
export function withinLimit(settings: RecordingSettings, limit: RecordingLimit): RecordingSettings {
  const { videoHeight, frameRate, videoKbits } = limit;
  const kbits = Math.min(settings.videoKbits ?? Number.POSITIVE_INFINITY, videoKbits ?? Number.POSITIVE_INFINITY);
  const { videoKbits: _, ...rest } = settings;
  return {
    ...rest,
    videoHeight: Math.min(settings.videoHeight, videoHeight ?? settings.videoHeight),
    frameRate: Math.min(settings.frameRate, frameRate ?? settings.frameRate),
    ...(Number.isFinite(kbits) && { videoKbits: kbits }),
  };
}

/** How this person's own recording is made: a take keeps the plan that it began with. */
export class RecordingPlan {
  readonly store: StoreApi<RecordingPlanState>;
  private readonly settings: RecordingSettings;
  private readonly off: () => void;
  private limit: RecordingLimit;

  constructor(admission: Admission, signaling: Pick<Signaling, "on">) {
    this.settings = admission.recording as RecordingSettings;
    this.limit = admission.recordingLimit ?? {};
    this.store = createStore<RecordingPlanState>(() => ({ limit: this.limit, changed: false }));
    const { id } = admission.participant;
    this.off = signaling.on("participantChanged", ({ participant }) => {
      if (participant.id === id) this.told(participant as Participant);
    });
  }

  /** Of the running take, or of the next one. */
  now(): RecordingSettings {
    return withinLimit(this.settings, this.limit);
  }

  covers(source: Source): boolean {
    return source === "mic" || source === "raw_mic" || !this.limit.audioOnly;
  }

  /** From now on what was set last holds; true where that is something else. */
  settle(): boolean {
    const { limit } = this.store.getState();
    const other = limit !== this.limit;
    this.limit = limit;
    return other;
  }

  close(): void {
    this.off();
  }

  private told({ recordingLimit: limit = {} }: Participant): void {
    if (JSON.stringify(limit) !== JSON.stringify(this.store.getState().limit))
      this.store.setState({ limit, changed: true });
  }
}
