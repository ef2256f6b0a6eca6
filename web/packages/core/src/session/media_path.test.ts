import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepPath, type MediaPath } from "./media_path";

class FakePath implements MediaPath {
  readonly id = "transport";
  readonly restarted: unknown[] = [];
  become: (state: never) => void = () => undefined;
  close: () => void = () => undefined;
  readonly observer = {
    on: (_: "close", listener: () => void) => {
      this.close = listener;
    },
  };
  on(_: "connectionstatechange", listener: (state: never) => void) {
    this.become = listener;
  }
  async restartIce(options: object) {
    this.restarted.push(options);
  }
}

function kept(request = async () => ({ iceParameters: { usernameFragment: "new", password: "p" } })) {
  const path = new FakePath();
  const broken: string[] = [];
  const asked = vi.fn(request);
  keepPath(path, { request: asked as never }, (why) => broken.push(why));
  const become = (state: string) => path.become(state as never);
  return { path, broken, asked, become };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("the way of the media", () => {
  it("is looked for anew when it is lost, and nothing breaks when it is found", async () => {
    const { path, broken, asked, become } = kept();
    become("connected");
    expect(asked).not.toHaveBeenCalled();
    become("disconnected");
    await pass(100);
    expect(asked).toHaveBeenCalledWith("restartIce", { transportId: "transport" });
    expect(path.restarted).toEqual([{ iceParameters: { usernameFragment: "new", password: "p" } }]);
    become("connected");
    await pass(60_000);
    expect(broken).toEqual([]);
  });

  it("is broken when none is found in time", async () => {
    const { broken, become } = kept();
    become("disconnected");
    await pass(3_999);
    expect(broken).toEqual([]);
    await pass(1);
    expect(broken).toEqual(["media connection lost"]);
  });

  it("is broken at once when the browser says so, also while the server cannot be asked", async () => {
    const { broken, become, path } = kept(async () => {
      throw new Error("offline");
    });
    become("disconnected");
    await pass(10);
    expect(path.restarted).toEqual([]);
    become("failed");
    await pass(60_000);
    expect(broken).toEqual(["media connection failed"]);
  });

  it("is nobody's business any more once it is closed", async () => {
    const { path, broken, become } = kept();
    become("disconnected");
    path.close();
    await pass(60_000);
    expect([broken, path.restarted]).toEqual([[], []]);
  });
});
