import { FakeMediaStreamTrack } from "fake-mediastreamtrack";
import { Device } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import { describe, expect, it, vi } from "vitest";
import { FakeRoomServer, type FakeSignaling } from "../testing/fake_room_server";
import { Room } from "./room";

const makeDevice = async () => new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
const track = (kind: "audio" | "video") => new FakeMediaStreamTrack({ kind }) as unknown as MediaStreamTrack;

function enter(server: FakeRoomServer, participantId: string) {
  const signaling = server.connect();
  const room = new Room({ signaling, callId: "call", participantId, makeDevice });
  return { signaling, room };
}

async function connected(room: Room): Promise<void> {
  await vi.waitFor(() => expect(room.store.getState().connection).toBe("connected"));
}

const sourcesOf = (room: Room, name: string) =>
  Object.keys(room.store.getState().peers.find((peer) => peer.name === name)?.tracks ?? {}).sort();

describe("room", () => {
  it("lets two people see and hear each other, whoever comes first", async () => {
    const server = new FakeRoomServer();
    const ana = enter(server, "ana");
    ana.room.setTrack("mic", track("audio"));
    ana.room.setTrack("camera", track("video"));
    await connected(ana.room);
    const ben = enter(server, "ben");
    ben.room.setTrack("mic", track("audio"));
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera", "mic"]));
    await vi.waitFor(() => expect(sourcesOf(ana.room, "ben")).toEqual(["mic"]));
    await vi.waitFor(() => expect(ben.signaling.resumed.length).toBe(2));
  });

  it("follows tracks that come and go", async () => {
    const server = new FakeRoomServer();
    const [ana, ben] = [enter(server, "ana"), enter(server, "ben")];
    await Promise.all([connected(ana.room), connected(ben.room)]);
    ana.room.setTrack("screen", track("video"));
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["screen"]));
    ana.room.setTrack("screen", null);
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual([]));
  });

  it("joins again after a lost connection, with everything it sends and receives", async () => {
    const server = new FakeRoomServer();
    const [ana, ben] = [enter(server, "ana"), enter(server, "ben")];
    ana.room.setTrack("camera", track("video"));
    ben.room.setTrack("mic", track("audio"));
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera"]));
    const before = shown(ben.room, "ana");
    ana.signaling.cut();
    expect(ana.room.store.getState().connection).toBe("reconnecting");
    await vi.waitFor(() => expect(ben.room.store.getState().peers).toEqual([]));
    ana.signaling.restore();
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera"]));
    expect(shown(ben.room, "ana")).not.toBe(before);
    await vi.waitFor(() => expect(sourcesOf(ana.room, "ben")).toEqual(["mic"]));
  });

  it("keeps the others' tiles and their last pictures while it is away itself", async () => {
    const server = new FakeRoomServer();
    const [ana, ben] = [enter(server, "ana"), enter(server, "ben")];
    ana.room.setTrack("camera", track("video"));
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera"]));
    const seen: number[] = [];
    ben.room.store.subscribe((state) => seen.push(state.peers.filter((peer) => peer.tracks.camera).length));
    ben.signaling.cut();
    ben.signaling.restore();
    await connected(ben.room);
    await vi.waitFor(() => expect(ben.signaling.resumed.length).toBe(2));
    expect(new Set(seen)).toEqual(new Set([1]));
  });

  it("misses nobody who starts to send while it is joining", async () => {
    const server = new FakeRoomServer();
    const ana = enter(server, "ana");
    await connected(ana.room);
    const ben = enter(server, "ben");
    await joining(ben.signaling);
    ana.room.setTrack("camera", track("video"));
    await connected(ben.room);
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera"]));
  });

  it("tries again by itself when a step of joining fails", async () => {
    const server = new FakeRoomServer();
    const ana = enter(server, "ana");
    ana.signaling.failNext = "createTransport";
    await vi.waitFor(() => expect(ana.room.store.getState().connection).toBe("reconnecting"));
    await vi.waitFor(() => expect(ana.room.store.getState().connection).toBe("connected"), { timeout: 3_000 });
  });

  it("finds out what it was not told", async () => {
    const server = new FakeRoomServer();
    const [ana, ben] = [enter(server, "ana"), enter(server, "ben")];
    ana.room.setTrack("screen", track("video"));
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["screen"]));
    ben.signaling.deaf = true;
    ana.room.setTrack("screen", null);
    ana.room.setTrack("camera", track("video"));
    const cy = enter(server, "cy");
    await connected(cy.room);
    await vi.waitFor(() => expect(sourcesOf(cy.room, "ana")).toEqual(["camera"]));
    ben.signaling.deaf = false;
    ben.signaling.receive("missedEvents", {});
    await vi.waitFor(() => expect(sourcesOf(ben.room, "ana")).toEqual(["camera"]));
    ben.signaling.deaf = true;
    cy.room.setTrack("mic", track("audio"));
    await vi.waitFor(() => expect(sourcesOf(ana.room, "cy")).toEqual(["mic"]));
    ben.signaling.deaf = false;
    ben.signaling.receive("missedEvents", {});
    await vi.waitFor(() => expect(sourcesOf(ben.room, "cy")).toEqual(["mic"]));
  });

  it("joins again when the server says that it is in the room no more", async () => {
    const server = new FakeRoomServer();
    const ana = enter(server, "ana");
    await connected(ana.room);
    ana.signaling.receive("leftRoom", {});
    expect(ana.room.store.getState().connection).toBe("reconnecting");
    await vi.waitFor(() => expect(ana.room.store.getState().connection).toBe("connected"), { timeout: 3_000 });
  });

  it("shows no second tile of itself from before a reconnection", async () => {
    const server = new FakeRoomServer();
    const stale = server.connect();
    await stale.request("joinRoom", { callId: "call", userId: "ana", rtpCapabilities: {} });
    const ana = enter(server, "ana");
    await connected(ana.room);
    expect(ana.room.store.getState().peers).toEqual([]);
  });

  it("does not knock again where it was sent away", async () => {
    const signaling = new FakeRoomServer().connect();
    signaling.failNext = "joinRoom";
    signaling.failCode = "studio.removed";
    const room = new Room({ signaling, callId: "call", participantId: "ben", makeDevice });
    await vi.waitFor(() => expect(room.store.getState().connection).toBe("refused"));
    expect(signaling.asked.filter((event) => event === "joinRoom").length).toBe(1);
  });
});

function shown(room: Room, name: string) {
  return room.store.getState().peers.find((peer) => peer.name === name)?.tracks.camera;
}

async function joining(signaling: FakeSignaling): Promise<void> {
  await vi.waitFor(() => expect(signaling.asked).toContain("joinRoom"), { interval: 0 });
}
