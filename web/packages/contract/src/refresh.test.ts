import { describe, expect, it } from "vitest";
import { createRefresher } from "./refresh";

/** A browser with several tabs: one storage, one lock, one server. */
function browser() {
  const stored = new Map<string, string>();
  const memory = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  let last: Promise<unknown> = Promise.resolve();
  const locks = {
    request: (_: string, task: () => Promise<unknown>) => {
      last = last.then(task, task);
      return last;
    },
  } as unknown as LockManager;
  const world = { nowMs: 1_000_000, asked: 0, signedIn: true };
  const answer = async () => {
    world.asked += 1;
    world.nowMs += 50;
    return new Response(null, { status: world.signedIn ? 204 : 401 });
  };
  const tab = () =>
    createRefresher({ origin: "", now: () => world.nowMs, memory, locks, fetch: answer as unknown as typeof fetch });
  return { world, tab };
}

describe("refresh", () => {
  it("asks once for all requests that fail together", async () => {
    const { world, tab } = browser();
    const here = tab();
    const answers = await Promise.all([1, 2, 3].map(() => here.refresh(world.nowMs)));
    expect(answers).toEqual(["renewed", "renewed", "renewed"]);
    expect(world.asked).toBe(1);
  });

  it("asks once for all tabs", async () => {
    const { world, tab } = browser();
    const sentAtMs = world.nowMs;
    const answers = await Promise.all([tab(), tab(), tab()].map((each) => each.refresh(sentAtMs)));
    expect(answers).toEqual(["renewed", "renewed", "renewed"]);
    expect(world.asked).toBe(1);
  });

  it("asks again when what was sent with the new cookie fails too", async () => {
    const { world, tab } = browser();
    const here = tab();
    await here.refresh(world.nowMs);
    await here.refresh(world.nowMs);
    expect(world.asked).toBe(2);
  });

  it("says so when the login is over", async () => {
    const { world, tab } = browser();
    world.signedIn = false;
    expect(await tab().refresh(world.nowMs)).toBe("over");
  });

  it("does not take silence for the end of the login", async () => {
    const fetch = async () => {
      throw new Error("offline");
    };
    expect(await createRefresher({ origin: "", fetch }).refresh(0)).toBe("unknown");
  });

  it("freshens only what is old", async () => {
    const { world, tab } = browser();
    const here = tab();
    here.renewed();
    await here.freshen();
    expect(world.asked).toBe(0);
    world.nowMs += 9 * 60_000;
    await here.freshen();
    expect(world.asked).toBe(1);
  });
});
