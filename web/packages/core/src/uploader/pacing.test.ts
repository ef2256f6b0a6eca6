import { describe, expect, it } from "vitest";
import { seeded } from "../testing/random";
import {
  type Bucket,
  type CallSample,
  filled,
  fullSpeed,
  type Pacing,
  pieceBytes,
  readyInMs,
  stepPacing,
  taken,
} from "./pacing";

const STEP_MS = 10;

interface Way {
  bits: number;
  queueMs: number;
  roundTripMs: number;
  callBits: number;
}

/**
 * A way up with a queue that overflows, in steps of ten milliseconds: a call whose congestion control gives way to a
 * queue, and uploads that have always something to send, as the pacing allows or, unpaced, as TCP does: until the queue
 * is full.
 */
class World {
  now = 0;
  pacing: Pacing = fullSpeed;
  sent = { call: 0, lost: 0, upload: 0 };
  sharing = false;
  private readonly way: Way;
  private readonly paced: boolean;
  private bucket: Bucket = { bytes: 0, atMs: 0 };
  private queuedBits = 0;
  private callRate: number;
  private granted = 0;
  private burst = 0;
  private second = { call: 0, lost: 0 };

  constructor(way: Way, paced = true) {
    this.way = way;
    this.paced = paced;
    this.callRate = way.callBits;
  }

  run(seconds: number): void {
    for (let step = 0; step < (seconds * 1_000) / STEP_MS; step++) this.step();
  }

  forget(): void {
    this.sent = { call: 0, lost: 0, upload: 0 };
  }

  private get delayMs(): number {
    return (this.queuedBits / this.way.bits) * 1_000;
  }

  private step(): void {
    this.now += STEP_MS;
    if (this.now % 1_000 === 0) this.listen();
    if (this.now % 100 === 0) this.controlCall();
    const room = () => (this.way.queueMs / 1_000) * this.way.bits - this.queuedBits;
    if (!this.paced) this.upload(Math.max(0, room()));
    else this.uploadAsAllowed();
    const packet = (this.callRate * STEP_MS) / 1_000;
    const lost = Math.max(0, packet - room());
    this.second.call += packet;
    this.second.lost += lost;
    this.queuedBits = Math.max(0, this.queuedBits + packet - lost - (this.way.bits * STEP_MS) / 1_000);
  }

  private uploadAsAllowed(): void {
    const { rate } = this.pacing;
    if (!Number.isFinite(rate)) return;
    this.bucket = filled(this.bucket, rate, this.now);
    if (readyInMs(this.bucket, rate) > 0) return;
    this.bucket = taken(this.bucket, pieceBytes(rate));
    const bits = pieceBytes(rate) * 8;
    const answeredMs = this.delayMs + (bits / this.way.bits) * 1_000 + this.way.roundTripMs;
    this.burst = Math.max(this.burst, (bits * 1_000) / answeredMs);
    this.granted += bits;
    this.upload(bits);
  }

  private upload(bits: number): void {
    this.queuedBits += bits;
    this.sent.upload += bits;
  }

  private controlCall(): void {
    const queued = this.delayMs > 40;
    this.callRate = queued ? Math.max(50_000, this.callRate * 0.95) : Math.min(this.way.callBits, this.callRate * 1.02);
  }

  private listen(): void {
    const { call, lost } = this.second;
    this.sent.call += call;
    this.sent.lost += lost;
    this.second = { call: 0, lost: 0 };
    const sample: CallSample = {
      availableBits: this.callRate * 1.5,
      roundTripMs: this.way.roundTripMs + this.delayMs,
      loss: call > 0 ? lost / call : 0,
      limited: this.callRate < this.way.callBits * 0.8,
      sharing: this.sharing,
    };
    const event = { type: "call" as const, sample, usedBits: this.granted, burstBits: this.burst, waited: true };
    this.pacing = stepPacing(this.pacing, event, this.now);
    this.granted = this.burst = 0;
  }
}

function anyWay(seed: number): Way {
  const random = seeded(seed);
  const bits = 1_000_000 * 40 ** random.next();
  return {
    bits: Math.max(1_500_000, bits),
    queueMs: 120 + random.below(400),
    roundTripMs: 4 + random.below(150),
    callBits: Math.min(2_400_000, bits * (0.2 + 0.4 * random.next())),
  };
}

describe("uploads beside a call", () => {
  it.each(Array.from({ length: 100 }, (_, index) => index + 1))(
    "leave the call alone and use the rest, on any way (seed %i)",
    (seed) => {
      const way = anyWay(seed);
      const world = new World(way);
      world.run(20);
      world.forget();
      world.run(180);
      const { call, lost, upload } = world.sent;
      expect(lost / call, "loss of the call").toBeLessThanOrEqual(0.005);
      expect(call / (way.callBits * 180), "the call sends what it wants").toBeGreaterThan(0.9);
      expect(upload / ((way.bits - way.callBits) * 180), "share of the rest").toBeGreaterThan(0.6);
    },
  );

  it("would ruin it without: the same way, unpaced", () => {
    const world = new World({ bits: 2_000_000, queueMs: 250, roundTripMs: 20, callBits: 900_000 }, false);
    world.run(60);
    expect(world.sent.lost / world.sent.call).toBeGreaterThan(0.05);
  });

  it("yield at once when a screen is shared", () => {
    const world = new World(anyWay(1));
    world.run(60);
    const before = world.pacing.rate;
    world.sharing = true;
    world.run(1);
    expect(world.pacing.rate).toBeLessThanOrEqual(before * 0.5);
  });

  it("go at full speed when the call is over, and never stand still during it", () => {
    let pacing = fullSpeed;
    const awful: CallSample = { roundTripMs: 900, loss: 0.3, limited: true, sharing: true, availableBits: 50_000 };
    for (let second = 1; second < 300; second++)
      pacing = stepPacing(pacing, { type: "call", sample: awful, usedBits: pacing.rate, waited: true }, second * 1_000);
    expect(pacing.rate).toBeGreaterThan(100_000);
    expect(pacing.slower).toBe(true);
    expect(stepPacing(pacing, { type: "callOver" }, 300_000)).toEqual(fullSpeed);
  });

  it("never take more than the rate and one piece", () => {
    const random = seeded(7);
    const rate = 800_000;
    let bucket: Bucket = { bytes: 0, atMs: 0 };
    let total = 0;
    let now = 0;
    while (now < 60_000) {
      now += random.below(40);
      bucket = filled(bucket, rate, now);
      while (readyInMs(bucket, rate) === 0) {
        const bytes = 1 + random.below(pieceBytes(rate));
        bucket = taken(bucket, bytes);
        total += bytes;
      }
    }
    expect(total).toBeLessThanOrEqual((rate / 8) * (now / 1_000) + 2 * pieceBytes(rate));
    expect(total).toBeGreaterThan((rate / 8) * (now / 1_000) * 0.8);
  });
});
