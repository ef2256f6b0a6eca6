import type { Admission, Api, Participant, Permission, RecordingLimit, Role } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Signaling } from "./signaling";

export interface PeopleState {
  /** This person's own. */
  role: Role;
  /** What this person may do here. */
  may: Permission[];
  /** Everyone's, by participant. */
  roles: Record<string, Role>;
  /** How far the recording of some is limited, by participant. */
  limits: Record<string, RecordingLimit>;
  /** Who has agreed to be recorded, by participant; no take has the others. */
  agreed: Record<string, boolean>;
  /** At the door, the longest first; known to those who may let them in. */
  waiting: Participant[];
  /** Out of the studio by somebody else's doing: a host has removed this person, or ended the session. */
  out?: "removed" | "ended";
  /** The last thing asked for was refused; in words for people. */
  trouble?: string;
}

export interface PeopleOptions {
  signaling: Signaling;
  api: Pick<Api, "admit" | "removeParticipant" | "changeParticipant" | "session">;
  admission: Admission;
}

const WAITING_MAX = 500;

/** Who has which role in this session and who waits at its door, as the server tells it; and the host's word on both. */
export class People {
  readonly store: StoreApi<PeopleState>;
  private readonly options: PeopleOptions;
  private readonly unsubscribe: (() => void)[];

  constructor(options: PeopleOptions) {
    this.options = options;
    const { id, role } = options.admission.participant;
    const { may } = options.admission;
    this.store = createStore<PeopleState>(() => ({
      role,
      may,
      roles: { [id]: role },
      limits: {},
      agreed: {},
      waiting: [],
    }));
    const { signaling } = options;
    this.unsubscribe = [
      signaling.on("participantWaiting", ({ participant }) => this.arrived(participant)),
      signaling.on("participantAdmitted", ({ participantId }) => this.leftDoor(participantId)),
      signaling.on("participantRemoved", ({ participantId }) => this.removed(participantId)),
      signaling.on("participantChanged", ({ participant }) => this.changed(participant)),
      // Roles are not part of what the room tells: who is new here is asked after.
      signaling.on("peerJoined", ({ participantId }) => {
        if (participantId && !(participantId in this.store.getState().roles)) this.refresh();
      }),
      signaling.on("permissionsChanged", () => this.refresh()),
      signaling.on("sessionEnded", () => this.store.setState({ out: "ended" })),
    ];
  }

  /** The whole list, after each (re)connection: what was told meanwhile has been missed. */
  know(participants: Participant[], may: Permission[]): void {
    this.store.setState({ may, waiting: participants.filter(({ state }) => state === "waiting") });
    for (const participant of participants) this.note(participant);
  }

  admit(participantId: string): Promise<void> {
    return this.ask(() => this.options.api.admit(this.sessionId, participantId));
  }

  /** Out of the studio, or away from the door. */
  remove(participantId: string): Promise<void> {
    return this.ask(() => this.options.api.removeParticipant(this.sessionId, participantId));
  }

  changeRole(participantId: string, role: Role): Promise<void> {
    return this.ask(() => this.options.api.changeParticipant(this.sessionId, participantId, { role }));
  }

  /** From their next take on; null: recorded as everybody. */
  limitRecording(participantId: string, recordingLimit: RecordingLimit | null): Promise<void> {
    return this.ask(() => this.options.api.changeParticipant(this.sessionId, participantId, { recordingLimit }));
  }

  close(): void {
    for (const off of this.unsubscribe) off();
  }

  private get sessionId(): string {
    return this.options.admission.session.id;
  }

  private async ask(call: () => Promise<unknown>): Promise<void> {
    try {
      this.store.setState({ trouble: undefined });
      await call();
    } catch (error) {
      this.store.setState({ trouble: error instanceof Error ? error.message : String(error) });
    }
  }

  private arrived(participant: Participant): void {
    this.note(participant);
    this.store.setState(({ waiting }) => ({
      waiting: [...waiting.filter(({ id }) => id !== participant.id), participant].slice(-WAITING_MAX),
    }));
  }

  private leftDoor(participantId: string): void {
    this.store.setState(({ waiting }) => ({ waiting: waiting.filter(({ id }) => id !== participantId) }));
  }

  private removed(participantId: string): void {
    this.leftDoor(participantId);
    if (participantId === this.options.admission.participant.id) this.store.setState({ out: "removed" });
  }

  private changed(participant: Participant): void {
    const { role } = this.store.getState();
    this.note(participant);
    // With another role come other rights, and perhaps people at the door to see.
    if (participant.id === this.options.admission.participant.id && participant.role !== role) this.refresh();
  }

  private refresh(): void {
    this.options.api.session(this.sessionId).then(
      ({ participants, may }) => this.know(participants, may),
      () => undefined,
    );
  }

  private note({ id, role, recordingLimit, consentedAt }: Participant): void {
    const mine = id === this.options.admission.participant.id;
    this.store.setState(({ roles, agreed, limits: { [id]: _, ...others } }) => ({
      roles: { ...roles, [id]: role },
      agreed: { ...agreed, [id]: consentedAt !== undefined },
      limits: recordingLimit ? { ...others, [id]: recordingLimit } : others,
      ...(mine && { role }),
    }));
  }
}
