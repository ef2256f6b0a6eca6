import type { Admission, Participant, Role } from "@greenroom/contract";
import { describe, expect, it, vi } from "vitest";
import { FakeRoomServer } from "../testing/fake_room_server";
import { People } from "./people";
import { type WaitingPhase, WaitingRoom } from "./waiting_room";

const person = (id: string, role: Role = "speaker", state: Participant["state"] = "admitted"): Participant => ({
  id,
  name: id,
  role,
  state,
  joinedAt: "2026-03-03T12:00:00Z",
});
const admissionOf = (id: string, role: Role) =>
  ({ participant: { id, name: id, role }, session: { id: "session" }, may: [] }) as unknown as Admission;

function studioOf(id: string, role: Role, api: object = {}) {
  const signaling = new FakeRoomServer().connect();
  const people = new People({ signaling, api: api as never, admission: admissionOf(id, role) });
  return { signaling, people, state: () => people.store.getState() };
}

describe("people", () => {
  it("knows who waits, from the list and from what is told later", () => {
    const { signaling, people, state } = studioOf("ana", "host");
    people.know([person("ana", "host"), person("ben", "speaker", "waiting")], ["admit"]);
    expect(state().may).toEqual(["admit"]);
    signaling.receive("participantWaiting", { participant: person("caro", "speaker", "waiting") });
    expect(state().waiting.map(({ id }) => id)).toEqual(["ben", "caro"]);
    signaling.receive("participantAdmitted", { participantId: "ben" });
    signaling.receive("participantRemoved", { participantId: "caro" });
    expect(state().waiting).toEqual([]);
    expect(state().out).toBeUndefined();
  });

  it("lets someone who knocks twice wait once", () => {
    const { signaling, state } = studioOf("ana", "host");
    for (let knock = 0; knock < 2; knock++)
      signaling.receive("participantWaiting", { participant: person("ben", "speaker", "waiting") });
    expect(state().waiting.length).toBe(1);
  });

  it("follows its own role with its rights, and its own removal", async () => {
    const session = async () => ({ participants: [person("caro", "viewer", "waiting")], may: ["record", "admit"] });
    const { signaling, state } = studioOf("ben", "speaker", { session });
    signaling.receive("participantChanged", { participant: person("ben", "cohost") });
    expect(state().role).toBe("cohost");
    await vi.waitFor(() => expect(state().may).toContain("record"));
    expect(state().waiting.map(({ id }) => id)).toEqual(["caro"]);
    signaling.receive("participantRemoved", { participantId: "ben" });
    expect(state().out).toBe("removed");
  });

  it("knows who would be left out of a take", () => {
    const { signaling, state } = studioOf("ana", "host");
    signaling.receive("participantChanged", { participant: person("ben", "speaker") });
    expect(state().agreed).toEqual({ ben: false });
    const consentedAt = "2026-05-04T09:30:00Z";
    signaling.receive("participantChanged", { participant: { ...person("ben", "speaker"), consentedAt } });
    expect(state().agreed).toEqual({ ben: true });
  });

  it("says in words what the server refuses", async () => {
    const admit = vi.fn(async () => {
      throw new Error("The session is full.");
    });
    const { people, state } = studioOf("ana", "host", { admit });
    await people.admit("ben");
    expect(state().trouble).toBe("The session is full.");
  });
});

describe("waiting room", () => {
  function waiting(answers: WaitingPhase[] = []) {
    const signaling = new FakeRoomServer().connect();
    const ask = async () => answers.shift() ?? "waiting";
    const room = new WaitingRoom({ signaling, admission: admissionOf("ben", "speaker"), ask });
    return { signaling, phase: () => room.store.getState().phase, close: () => room.close() };
  }

  it("opens when the host lets this person in, not another", () => {
    const { signaling, phase, close } = waiting();
    signaling.receive("participantAdmitted", { participantId: "caro" });
    expect(phase()).toBe("waiting");
    signaling.receive("participantAdmitted", { participantId: "ben" });
    expect(phase()).toBe("admitted");
    close();
  });

  it("says so when the host does not", () => {
    const { signaling, phase, close } = waiting();
    signaling.receive("participantRemoved", { participantId: "ben" });
    expect(phase()).toBe("refused");
    close();
  });

  it("asks after a lost connection what was decided meanwhile", async () => {
    const { signaling, phase, close } = waiting(["waiting", "admitted"]);
    await vi.waitFor(() => expect(phase()).toBe("waiting"));
    signaling.cut();
    signaling.restore();
    await vi.waitFor(() => expect(phase()).toBe("admitted"));
    close();
  });
});
