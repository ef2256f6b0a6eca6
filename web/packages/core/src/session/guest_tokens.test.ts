import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { previousToken, rememberToken } from "./guest_tokens";

afterEach(() => vi.unstubAllGlobals());

describe("a guest's tokens", () => {
  it("are the last of each link", async () => {
    expect(await previousToken("link", "guests")).toBeUndefined();
    await rememberToken("link", "first", "guests");
    await rememberToken("other link", "another", "guests");
    await rememberToken("link", "second", "guests");
    expect(await previousToken("link", "guests")).toBe("second");
    expect(await previousToken("other link", "guests")).toBe("another");
  });

  it("do without storage", async () => {
    vi.stubGlobal("indexedDB", undefined);
    await rememberToken("link", "token", "nowhere");
    expect(await previousToken("link", "nowhere")).toBeUndefined();
  });
});
