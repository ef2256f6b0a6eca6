import { type Admission, ApiError, type Marker, type Take } from "@greenroom/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { FakeRoomServer } from "../testing/fake_room_server";
import { Consent } from "./consent";
import { Markers } from "./markers";

const marker = (id: string, atMs: number, label = ""): Marker => ({ id, takeId: "take", atMs, label });

function marking() {
  const signaling = new FakeRoomServer().connect();
  const take = createStore<{ take?: Take }>(() => ({ take: { id: "take", markers: [] } as unknown as Take }));
  const asked: unknown[][] = [];
  const api = {
    failing: false,
    addMarker: async (...given: unknown[]) => {
      asked.push(["add", ...given]);
      if (api.failing) throw new Error("offline");
      return marker(`m${asked.length}`, (given[1] as { atMs: number }).atMs);
    },
    changeMarker: async (...given: unknown[]) => {
      asked.push(["change", ...given]);
      return marker(String(given[1]), 5_000, (given[2] as { label: string }).label);
    },
    removeMarker: async (...given: unknown[]) => void asked.push(["remove", ...given]),
  };
  let now = 5_000;
  const markers = new Markers({ signaling, api: api as never, clock: { now: () => now }, take });
  const all = () => take.getState().take?.markers.map(({ id, label }) => `${id} ${label}`.trim());
  return { signaling, take, api, asked, markers, all, tick: (ms: number) => (now += ms) };
}

describe("markers", () => {
  it("stands at the moment of the key, and takes its name afterwards", async () => {
    const { markers, asked, all, tick } = marking();
    markers.set();
    tick(3_000);
    await markers.name("  The vents ");
    expect(asked).toEqual([
      ["add", "take", { label: "", atMs: 5_000 }],
      ["change", "take", "m1", { label: "The vents" }],
    ]);
    expect(all()).toEqual(["m1 The vents"]);
    expect(markers.store.getState().fresh).toBeUndefined();
  });

  it("stays without a name, or goes again", async () => {
    const { markers, asked, all } = marking();
    markers.set();
    await markers.name(" ");
    expect(all()).toEqual(["m1"]);
    markers.set();
    await markers.undo();
    expect(all()).toEqual(["m1"]);
    expect(asked.at(-1)).toEqual(["remove", "take", "m2"]);
  });

  it("says so when the server does not have it", async () => {
    const { markers, api, all } = marking();
    api.failing = true;
    markers.set();
    await markers.name("Lost");
    expect(markers.store.getState().fresh).toEqual({ atMs: 5_000, trouble: "offline" });
    expect(all()).toEqual([]);
  });

  it("shows what others set, in the order of time, of this take alone", () => {
    const { signaling, all } = marking();
    signaling.receive("markerAdded", { marker: marker("b", 2_000) });
    signaling.receive("markerAdded", { marker: marker("a", 1_000) });
    signaling.receive("markerAdded", { marker: { ...marker("c", 3_000), takeId: "another" } });
    signaling.receive("markerChanged", { marker: marker("a", 1_000, "Opening") });
    expect(all()).toEqual(["a Opening", "b"]);
    signaling.receive("markerRemoved", { marker: marker("b", 2_000) });
    expect(all()).toEqual(["a Opening"]);
  });
});

describe("consent", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const admission = (consentedAt?: string) => ({ session: { id: "session" }, consentedAt }) as unknown as Admission;

  it("counts at once, and is told until the server has heard", async () => {
    const answers = [new Error("offline"), new Error("offline"), undefined];
    const told: string[] = [];
    const api = {
      consent: async (_: string, notice: string) => {
        told.push(notice);
        const answer = answers.shift();
        if (answer) throw answer;
      },
    };
    const consent = new Consent({ api: api as never, admission: admission() });
    expect(consent.given).toBe(false);
    consent.agree("I agree.");
    consent.agree("I agree.");
    expect(consent.given).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(["I agree.", "I agree.", "I agree."]);
  });

  it("holds from an earlier visit, and a refusal is not repeated", async () => {
    const refuse = vi.fn(async () => {
      throw new ApiError(403, { type: "/problems/studio.removed" });
    });
    expect(new Consent({ api: {} as never, admission: admission("2026-01-01") }).given).toBe(true);
    const consent = new Consent({ api: { consent: refuse } as never, admission: admission() });
    consent.agree("I agree.");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(refuse.mock.calls.length).toBe(1);
  });
});
