import type { Admission } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Signaling } from "./signaling";

export type WaitingPhase = "waiting" | "admitted" | "refused";

export interface WaitingRoomOptions {
  signaling: Signaling;
  admission: Admission;
  /** Asks the server how it stands: the word may have been given while the connection was lost. */
  ask: () => Promise<WaitingPhase>;
}

const ASK_MS = 10_000;

/** Before the door of a session with a lobby, until a host opens it or says no. */
export class WaitingRoom {
  readonly store: StoreApi<{ phase: WaitingPhase }> = createStore(() => ({ phase: "waiting" as WaitingPhase }));
  private readonly options: WaitingRoomOptions;
  private readonly unsubscribe: (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(options: WaitingRoomOptions) {
    this.options = options;
    const { signaling, admission } = options;
    const self = admission.participant.id;
    this.unsubscribe = [
      signaling.onConnected(() => void this.ask()),
      signaling.on("participantAdmitted", ({ participantId }) => participantId === self && this.settle("admitted")),
      signaling.on("participantRemoved", ({ participantId }) => participantId === self && this.settle("refused")),
    ];
    this.timer = setInterval(() => void this.ask(), ASK_MS);
  }

  close(): void {
    clearInterval(this.timer);
    for (const off of this.unsubscribe) off();
    this.options.signaling.close();
  }

  private async ask(): Promise<void> {
    const phase = await this.options.ask().catch(() => "waiting" as const);
    if (phase !== "waiting") this.settle(phase);
  }

  private settle(phase: WaitingPhase): void {
    if (this.store.getState().phase === "waiting") this.store.setState({ phase });
  }
}
