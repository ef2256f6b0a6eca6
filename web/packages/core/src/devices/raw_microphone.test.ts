import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import type { DeviceState } from "./devices";
import { goTogether, isProcessed, RawMicrophone } from "./raw_microphone";

class FakeTrack extends EventTarget {
  readyState: MediaStreamTrackState = "live";
  muted = false;
  enabled = true;
  contentHint = "";
  constructor(
    public echoCancellation: boolean | undefined,
    readonly deviceId = "desk",
  ) {
    super();
  }
  getSettings() {
    return { deviceId: this.deviceId, echoCancellation: this.echoCancellation };
  }
  async applyConstraints({ echoCancellation }: MediaTrackConstraints) {
    this.echoCancellation = echoCancellation as boolean;
  }
  stop() {
    this.readyState = "ended";
  }
  get track() {
    return this as unknown as MediaStreamTrack;
  }
}

describe("what the device allows", () => {
  const filtered = () => new FakeTrack(true);

  it("is both, where each has what it was asked for", () => {
    expect(goTogether(filtered(), new FakeTrack(false))).toBe(true);
  });

  it("is one alone, where the second changes, mutes or ends the first, or is filtered itself", () => {
    expect(goTogether(new FakeTrack(false), new FakeTrack(false))).toBe(false);
    expect(goTogether(Object.assign(filtered(), { muted: true }), new FakeTrack(false))).toBe(false);
    expect(goTogether(Object.assign(filtered(), { readyState: "ended" }), new FakeTrack(false))).toBe(false);
    expect(goTogether(filtered(), filtered())).toBe(false);
    expect(goTogether(filtered(), new FakeTrack(undefined))).toBe(false);
    expect(goTogether(filtered(), Object.assign(new FakeTrack(false), { readyState: "ended" }))).toBe(false);
  });

  it("is nothing more where the browser filters nothing", () => {
    expect([new FakeTrack(false), new FakeTrack(undefined)].map(isProcessed)).toEqual([false, false]);
  });
});

/** A device that opens what it is asked for; `onOpen` is what that does to others. */
function device(onOpen: (raw: FakeTrack) => void = () => undefined) {
  const opened: FakeTrack[] = [];
  const asked: MediaTrackConstraints[] = [];
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: async ({ audio }: { audio: MediaTrackConstraints }) => {
        asked.push(audio);
        const raw = new FakeTrack(false, (audio.deviceId as { exact: string }).exact);
        opened.push(raw);
        onOpen(raw);
        return { getAudioTracks: () => [raw] };
      },
    },
  });
  const microphone = new FakeTrack(true);
  const store = createStore(
    () => ({ microphone: microphone.track, micOn: true, choices: { headphones: false } }) as DeviceState,
  );
  const reopen = vi.fn(async () => {
    store.setState({ microphone: new FakeTrack(true).track });
  });
  const raw = new RawMicrophone({ store, constraints: () => ({ echoCancellation: true }), reopen });
  const settle = () => vi.advanceTimersByTimeAsync(1_000);
  return { opened, asked, microphone, store, raw, reopen, settle, now: () => store.getState().rawMicrophone };
}

describe("the unfiltered microphone", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is opened on exactly the device in use, and is on and off with it", async () => {
    const { raw, settle, asked, now, store, microphone } = device();
    await settle();
    expect(asked).toEqual([]);
    raw.want(true);
    await settle();
    expect(asked).toMatchObject([{ deviceId: { exact: "desk" }, echoCancellation: false }]);
    expect([now()?.readyState, now()?.enabled, microphone.readyState]).toEqual(["live", true, "live"]);
    store.setState({ micOn: false });
    expect(now()?.enabled).toBe(false);
    const opened = now();
    raw.want(false);
    expect([now(), opened?.readyState]).toEqual([undefined, "ended"]);
  });

  it("is not wanted with headphones, and goes when they are put on", async () => {
    const { raw, settle, asked, now, store } = device();
    store.setState(({ choices }) => ({ choices: { ...choices, headphones: true } }));
    raw.want(true);
    await settle();
    expect(asked).toEqual([]);
    store.setState(({ choices }) => ({ choices: { ...choices, headphones: false } }));
    await settle();
    expect(now()).toBeDefined();
    store.setState(({ choices }) => ({ choices: { ...choices, headphones: true } }));
    expect(now()).toBeUndefined();
  });

  it("waits for the microphone to be filtered: until then nothing is known of the device", async () => {
    const { raw, settle, asked, now, store } = device();
    store.setState({ microphone: new FakeTrack(false).track });
    raw.want(true);
    await settle();
    expect(asked).toEqual([]);
    store.setState({ microphone: new FakeTrack(true).track });
    await settle();
    expect(now()).toBeDefined();
  });

  it("follows the microphone to another device, also while it is being opened", async () => {
    const { raw, settle, asked, opened, now, store } = device();
    raw.want(true);
    store.setState({ microphone: new FakeTrack(true, "headset").track });
    await settle();
    expect(asked.map(({ deviceId }) => deviceId)).toEqual([{ exact: "desk" }, { exact: "headset" }]);
    expect(opened.map(({ readyState }) => readyState)).toEqual(["ended", "live"]);
    expect(now()).toBe(opened[1]);
    store.setState({ microphone: undefined });
    expect([now(), opened[1]?.readyState]).toEqual([undefined, "ended"]);
  });

  it("is given up where it ends by itself, and the microphone stays", async () => {
    const { raw, settle, opened, now, store, microphone } = device();
    raw.want(true);
    await settle();
    opened[0]?.stop();
    opened[0]?.dispatchEvent(new Event("ended"));
    await settle();
    expect([now(), opened.length, store.getState().microphone]).toEqual([undefined, 1, microphone]);
  });

  it("does not try a device again that has refused", async () => {
    const { raw, settle, asked, now, store } = device((opened) => {
      opened.echoCancellation = true;
    });
    raw.want(true);
    await settle();
    store.setState({ microphone: new FakeTrack(true).track });
    await settle();
    expect([now(), asked.length]).toEqual([undefined, 1]);
    store.setState({ microphone: new FakeTrack(true, "headset").track });
    await settle();
    expect(asked.length).toBe(2);
  });

  it("gives the microphone back what the second capture has changed", async () => {
    const { raw, settle, opened, now, microphone, reopen } = device(() => {
      microphone.echoCancellation = false;
    });
    raw.want(true);
    await settle();
    expect([now(), opened[0]?.readyState, microphone.echoCancellation]).toEqual([undefined, "ended", true]);
    expect(reopen).not.toHaveBeenCalled();
  });

  it("opens the microphone anew where the second capture has muted it, and once only", async () => {
    const { raw, settle, asked, now, microphone, store, reopen } = device(() => {
      setTimeout(() => {
        microphone.muted = true;
      }, 100);
    });
    raw.want(true);
    await settle();
    expect(reopen).toHaveBeenCalledTimes(1);
    expect(store.getState().microphone).not.toBe(microphone);
    await settle();
    expect([now(), asked.length]).toEqual([undefined, 1]);
  });
});
