import { describe, expect, it } from "vitest";
import { seeded } from "../testing/random";
import { beginUpload, STALL_MS, stepUpload, type UploadEffect, type UploadEvent, type UploadState } from "./machine";

const seed = { created: false, localBytes: 0, closed: false };

describe("upload machine", () => {
  it("creates, uploads, asks the server, and only then forgets", () => {
    let [state, effects] = beginUpload(seed, 0);
    expect(effects).toEqual([{ type: "create" }]);
    [state, effects] = stepUpload(state, { type: "created" }, 1);
    expect(effects).toEqual([{ type: "upload" }]);
    [state] = stepUpload(state, { type: "closed", bytes: 10 }, 2);
    [state, effects] = stepUpload(state, { type: "uploadEnded" }, 3);
    expect(effects).toEqual([{ type: "verify" }]);
    [state, effects] = stepUpload(state, { type: "verified", complete: true, bytes: 10, matches: true }, 4);
    expect(effects).toEqual([{ type: "forget" }]);
    expect(state.phase).toBe("done");
  });

  it("uploads again when the server turns out to hold less than it should", () => {
    let [state] = beginUpload({ created: true, localBytes: 10, closed: true }, 0);
    [state] = stepUpload(state, { type: "uploadEnded" }, 1);
    let effects: UploadEffect[];
    [state, effects] = stepUpload(state, { type: "verified", complete: true, bytes: 9 }, 2);
    expect(effects.map((effect) => effect.type)).toEqual(["wake"]);
    [, effects] = stepUpload(state, { type: "tick" }, 60_000);
    expect(effects).toEqual([{ type: "upload" }]);
  });

  it("keeps the local copy until the server's hash is known and the same", () => {
    let [state] = beginUpload({ created: true, localBytes: 10, closed: true }, 0);
    [state] = stepUpload(state, { type: "uploadEnded" }, 1);
    let effects: UploadEffect[];
    [state, effects] = stepUpload(state, { type: "verified", complete: true, bytes: 10 }, 2);
    expect(effects.map((effect) => effect.type)).toEqual(["wake"]);
    [state, effects] = stepUpload(state, { type: "tick" }, 60_000);
    expect(effects).toEqual([{ type: "verify" }]);
    [state, effects] = stepUpload(state, { type: "verified", complete: true, bytes: 10, matches: false }, 60_001);
    expect([state.phase, effects]).toEqual(["refused", []]);
  });

  it("cuts a request that hangs on a dead connection, but not one that waits for new bytes", () => {
    let [state] = beginUpload({ created: true, localBytes: 10, closed: false }, 0);
    let effects: UploadEffect[];
    [state] = stepUpload(state, { type: "confirmed", bytes: 10 }, 1_000);
    [state, effects] = stepUpload(state, { type: "tick" }, 10 * STALL_MS);
    expect(effects).toEqual([]);
    [state] = stepUpload(state, { type: "grew", bytes: 20 }, 10 * STALL_MS);
    [, effects] = stepUpload(state, { type: "tick" }, 11 * STALL_MS + 1);
    expect(effects.map((effect) => effect.type)).toEqual(["abort", "wake"]);
  });

  it("parks what the server refuses, and never forgets it", () => {
    let [state] = beginUpload(seed, 0);
    [state] = stepUpload(state, { type: "failed", reason: "refused" }, 1);
    for (const event of [{ type: "tick" }, { type: "online" }, { type: "uploadEnded" }] as UploadEvent[]) {
      const [next, effects] = stepUpload(state, event, 1e9);
      expect([next.phase, effects]).toEqual(["refused", []]);
    }
  });
});

/**
 * A world around the machine: a recorder that appends, a server with its own copy, a network that loses requests and
 * answers, and a browser that is killed and comes back with what was durable. Whatever happens, in the end the server
 * has every byte and the local copy went only after that.
 */
class World {
  local = 0;
  closed = false;
  forgotten = false;
  serverExists = false;
  serverBytes = 0;
  serverLength: number | undefined;
  now = 0;
  private state: UploadState;
  private inFlight: "create" | "upload" | "verify" | undefined;
  private created = false;
  private readonly random: ReturnType<typeof seeded>;

  constructor(number: number) {
    this.random = seeded(number);
    this.state = this.begin();
  }

  step(trouble: number): void {
    this.now += 50 + this.random.below(1_500);
    if (!this.closed && this.random.chance(0.6)) this.record();
    if (this.random.chance(trouble * 0.15)) return this.kill();
    if (this.random.chance(trouble * 0.2)) this.feed({ type: "online" });
    if (this.inFlight) this.network(trouble);
    this.feed({ type: "tick" });
  }

  finishRecording(): void {
    this.closed = true;
    this.feed({ type: "closed", bytes: this.local });
  }

  get done(): boolean {
    return this.state.phase === "done";
  }

  private begin(): UploadState {
    const [state, effects] = beginUpload(
      { created: this.created, localBytes: this.local, closed: this.closed },
      this.now,
    );
    this.perform(effects);
    return state;
  }

  private record(): void {
    this.local += 1 + this.random.below(50);
    this.feed({ type: "grew", bytes: this.local });
  }

  private kill(): void {
    this.inFlight = undefined;
    this.closed = true;
    if (!this.forgotten) this.state = this.begin();
  }

  private feed(event: UploadEvent): void {
    const [state, effects] = stepUpload(this.state, event, this.now);
    this.state = state;
    this.perform(effects);
  }

  private perform(effects: UploadEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "forget") this.forget();
      else if (effect.type === "abort") this.inFlight = undefined;
      else if (effect.type !== "wake") this.inFlight = effect.type;
    }
  }

  private forget(): void {
    expect([this.serverBytes, this.serverLength], "forgotten before it was safe").toEqual([this.local, this.local]);
    this.forgotten = true;
  }

  private network(trouble: number): void {
    const request = this.inFlight;
    const requestLost = this.random.chance(trouble * 0.4);
    const answerLost = this.random.chance(trouble * 0.4);
    if (this.random.chance(trouble * 0.2)) return; // hangs until the watchdog cuts it
    if (!requestLost && request === "create") this.serverExists = true;
    const gone = !requestLost && request !== "create" && this.random.chance(trouble * 0.05);
    if (!requestLost && !gone && request === "upload") this.receive();
    if (requestLost || answerLost || gone) {
      this.inFlight = undefined;
      return this.feed({ type: "failed", reason: gone ? "gone" : "transient" });
    }
    this.answer(request);
  }

  private receive(): void {
    this.serverBytes = Math.min(this.local, this.serverBytes + 1 + this.random.below(200));
    if (this.closed && this.serverBytes === this.local) this.serverLength = this.local;
  }

  private answer(request: "create" | "upload" | "verify" | undefined): void {
    if (request === "upload") {
      this.feed({ type: "confirmed", bytes: this.serverBytes });
      if (this.serverLength === undefined) return;
    }
    this.inFlight = undefined;
    if (request === "create") {
      this.created = true;
      this.feed({ type: "created" });
    } else if (request === "upload") this.feed({ type: "uploadEnded" });
    else {
      const complete = this.serverLength === this.serverBytes;
      const matches = this.random.chance(0.3) ? undefined : true;
      this.feed({ type: "verified", complete, bytes: this.serverBytes, ...(matches && { matches }) });
    }
  }
}

describe("any stem", () => {
  it.each(Array.from({ length: 300 }, (_, index) => index + 1))(
    "arrives whole through every kind of trouble (seed %i)",
    (number) => {
      const world = new World(number);
      for (let step = 0; step < 150; step++) world.step(1);
      world.finishRecording();
      for (let step = 0; step < 4_000 && !world.done; step++) world.step(step < 2_000 ? 1 : 0);
      expect(world.done).toBe(true);
      expect(world.serverBytes).toBe(world.local);
      expect(world.forgotten).toBe(true);
    },
  );
});
