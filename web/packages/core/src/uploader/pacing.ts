import type { Ms } from "@greenroom/contract";

/**
 * How fast uploads may go while people talk, as a pure step. The call comes first: the uploads start below its
 * congestion estimate, feel their way up while the call notices nothing (no queue, no loss, nothing held back), and give
 * way at the first sign that it does. Without a call there is no limit. Rates are bits per second.
 */
export interface CallSample {
  /** What the call's congestion control thinks the way up carries, where the browser tells. */
  availableBits?: number;
  roundTripMs?: Ms;
  /** Share of this person's packets that were lost since the sample before. */
  loss?: number;
  /** The call sends less than it would, for want of bandwidth. */
  limited: boolean;
  /** A screen is being shared: the uploads keep a wider distance. */
  sharing: boolean;
}

export interface CallEvent {
  type: "call";
  sample: CallSample;
  /** What the uploads have sent per second since the sample before, and whether they had to wait for it. */
  usedBits: number;
  waited: boolean;
  /** How fast the quickest piece of theirs went through, from its first byte to the server's answer. */
  burstBits?: number;
}
export type PacingEvent = CallEvent | { type: "callOver" };

export interface Pacing {
  rate: number;
  /** Where the call was last seen to suffer; approached with care. */
  limit: number;
  limitAtMs: Ms;
  /** No second cut before the first one can have shown its effect. */
  holdUntilMs: Ms;
  /** The last round trips, and the least of the current and of the next window: what the way takes when it is empty. */
  recent: Ms[];
  base: Ms;
  nextBase: Ms;
  baseSinceMs: Ms;
  limitedFor: number;
  /** The highest estimate of the call's lately, and whether the last one is well below it. */
  peakBits: number;
  fallen: boolean;
  sharing: boolean;
  /** People are told only of what lasts. */
  waitedFor: number;
  slower: boolean;
}

export const FLOOR_BITS = 200_000;
const START = { least: 500_000, most: 4_000_000, share: 0.75 };
const RECENT_MAX = 2;
/** A queue of our own making must not pass for the length of the way: long windows, two of them. */
const BASE_WINDOW_MS = 90_000;
/** From here on it is a queue of ours, and from there on one that the call must feel. */
const EARLY_QUEUE_MS = 15;
const QUEUE_MS = 40;
/** The call's own estimate has come down: it feels what we only suspect. */
const FALLEN = 0.98;
/** The highest of it fades, so that a way that has become narrower is the new measure after some ten seconds. */
const PEAK_FADES = 0.99;
/** A piece that went through at so many times the rate in use has not met a line that is full. */
const SPARE = 2;
const LOSS = 0.01;
const LIMITED_SAMPLES = 3;
const HOLD_MS = 3_000;
/** A limit is approached with care, passed with less when nothing has come of it for a while, and then forgotten. */
const OLD_LIMIT_MS = 15_000;
const FORGET_LIMIT_MS = 90_000;
const CUT = { loss: 0.5, delay: 0.75, early: 0.92, limited: 0.85, sharing: 0.5 };
const GROWTH = { unknown: 1.35, below: 1.1, limited: 1.05, near: 1.02 };
/** How much of the last limit is free of danger. */
const NEAR = { alone: 0.9, sharing: 0.7 };
/** Growth of what is not used would prove nothing. */
const USED_SHARE = 0.1;
const BEYOND_USED = 8;
const SLOWER_AFTER = 3;
const NORMAL_AFTER = 5;

export const fullSpeed: Pacing = {
  rate: Number.POSITIVE_INFINITY,
  limit: Number.POSITIVE_INFINITY,
  limitAtMs: 0,
  holdUntilMs: 0,
  recent: [],
  base: Number.POSITIVE_INFINITY,
  nextBase: Number.POSITIVE_INFINITY,
  baseSinceMs: 0,
  limitedFor: 0,
  peakBits: 0,
  fallen: false,
  sharing: false,
  waitedFor: 0,
  slower: false,
};

export function stepPacing(pacing: Pacing, event: PacingEvent, now: Ms): Pacing {
  if (event.type === "callOver") return fullSpeed;
  const { sample } = event;
  const running = Number.isFinite(pacing.rate) ? pacing : begun(sample, now);
  const seen = observed(running, sample, now);
  return told(adjusted(seen, event, now), event.waited);
}

function begun(sample: CallSample, now: Ms): Pacing {
  return { ...fullSpeed, rate: firstRate(sample), baseSinceMs: now };
}

function firstRate({ availableBits = 0 }: CallSample): number {
  return clamp(availableBits * START.share, START.least, START.most);
}

function observed(pacing: Pacing, { roundTripMs, limited, availableBits }: CallSample, now: Ms): Pacing {
  const turned = now - pacing.baseSinceMs > BASE_WINDOW_MS;
  const base = turned ? pacing.nextBase : pacing.base;
  const nextBase = turned ? Number.POSITIVE_INFINITY : pacing.nextBase;
  const peakBits = Math.max(pacing.peakBits * PEAK_FADES, availableBits ?? 0);
  const rtt = roundTripMs ?? Number.POSITIVE_INFINITY;
  return {
    ...pacing,
    recent: roundTripMs === undefined ? pacing.recent : [...pacing.recent, roundTripMs].slice(-RECENT_MAX),
    base: Math.min(base, rtt),
    nextBase: Math.min(nextBase, rtt),
    baseSinceMs: turned ? now : pacing.baseSinceMs,
    peakBits,
    // Where the browser does not tell, late answers alone must do.
    fallen: availableBits === undefined ? pacing.peakBits === 0 : availableBits < peakBits * FALLEN,
    limitedFor: limited ? pacing.limitedFor + 1 : 0,
    limit: now - pacing.limitAtMs > FORGET_LIMIT_MS ? Number.POSITIVE_INFINITY : pacing.limit,
  };
}

/** How long packets stand in line; a single late answer is no queue: the least of the last ones counts. */
function queueMs({ recent, base }: Pacing, samples = RECENT_MAX): Ms {
  return recent.length < samples ? 0 : Math.min(...recent.slice(-samples)) - base;
}

/** Answers that come late on a line with room to spare come from a busy device, and sending less would not help. */
function hasRoom({ sample, usedBits, burstBits = 0 }: CallEvent): boolean {
  return burstBits >= SPARE * (usedBits + (sample.availableBits ?? 0));
}

/** The call does with less than it had, or could have: late answers alone may come from a busy device. */
function suffers({ fallen, limitedFor }: Pacing): boolean {
  return fallen || limitedFor > 0;
}

type Trouble = "loss" | "delay" | "early" | "limited";

function troubleOf(pacing: Pacing, event: CallEvent): Trouble | undefined {
  if ((event.sample.loss ?? 0) >= LOSS) return "loss";
  if (hasRoom(event) || !suffers(pacing)) return undefined;
  // A call that holds itself back while nothing stands in line has reasons of its own: it starts, or its device is slow.
  if (queueMs(pacing) >= QUEUE_MS) return "delay";
  if (queueMs(pacing) < EARLY_QUEUE_MS) return undefined;
  return pacing.limitedFor >= LIMITED_SAMPLES ? "limited" : "early";
}

function adjusted(pacing: Pacing, event: CallEvent, now: Ms): Pacing {
  const { sample, usedBits } = event;
  if (sample.sharing && !pacing.sharing) return yielded({ ...pacing, sharing: true }, now);
  const next = { ...pacing, sharing: sample.sharing };
  const trouble = troubleOf(next, event);
  if (trouble) return now < next.holdUntilMs ? next : cut(next, trouble, usedBits, now);
  if (now < next.holdUntilMs || (queueMs(next, 1) >= EARLY_QUEUE_MS && !hasRoom(event))) return next;
  if (usedBits >= next.rate * USED_SHARE) return grown(next, event, now);
  // Until there is something to send, the call's own estimate is what is known.
  return Number.isFinite(next.limit) ? next : { ...next, rate: Math.max(next.rate, firstRate(sample)) };
}

function cut(pacing: Pacing, trouble: Trouble, usedBits: number, now: Ms): Pacing {
  // What is hardly used is not what hurts the call; but nothing may build up behind its back either.
  const from = Math.min(pacing.rate, Math.max(usedBits, FLOOR_BITS));
  return {
    ...pacing,
    rate: Math.max(FLOOR_BITS, from * CUT[trouble]),
    limit: Math.max(FLOOR_BITS, from),
    limitAtMs: now,
    holdUntilMs: now + (trouble === "early" ? 0 : HOLD_MS),
    recent: [],
  };
}

/** The picture of a screen needs room at once, before anything has to suffer. */
function yielded(pacing: Pacing, now: Ms): Pacing {
  return { ...pacing, rate: Math.max(FLOOR_BITS, pacing.rate * CUT.sharing), holdUntilMs: now + HOLD_MS };
}

function grown(pacing: Pacing, event: CallEvent, now: Ms): Pacing {
  const { rate, limit, limitAtMs, limitedFor, sharing } = pacing;
  const near = limit * (sharing ? NEAR.sharing : NEAR.alone);
  const passed = rate >= near && now - limitAtMs < OLD_LIMIT_MS;
  const free = limit === Number.POSITIVE_INFINITY ? GROWTH.unknown : passed ? GROWTH.near : GROWTH.below;
  const factor = limitedFor > 0 && !hasRoom(event) ? Math.min(free, GROWTH.limited) : free;
  return { ...pacing, rate: Math.max(rate, Math.min(rate * factor, event.usedBits * BEYOND_USED)) };
}

function told(pacing: Pacing, waited: boolean): Pacing {
  // Counts up to SLOWER_AFTER while uploads wait, and down to -NORMAL_AFTER while they do not.
  const count = waited ? Math.max(1, pacing.waitedFor + 1) : Math.min(-1, pacing.waitedFor - 1);
  const waitedFor = clamp(count, -NORMAL_AFTER, SLOWER_AFTER);
  const slower = pacing.slower ? waitedFor > -NORMAL_AFTER : waitedFor >= SLOWER_AFTER;
  return { ...pacing, waitedFor, slower };
}

/** What may go out in one piece: so little that no piece makes a queue that can be heard. */
const PIECE_MS = 60;
const PIECE_LEAST = 8 * 1024;
const PIECE_MOST = 4 * 1024 * 1024;

export function pieceBytes(rate: number): number {
  return clamp(Math.floor((rate / 8) * (PIECE_MS / 1_000)), PIECE_LEAST, PIECE_MOST);
}

/** A bucket of bytes that fills at the rate, never beyond one piece; a piece may be taken as long as it is not in debt. */
export interface Bucket {
  bytes: number;
  atMs: Ms;
}

export function filled(bucket: Bucket, rate: number, now: Ms): Bucket {
  const most = pieceBytes(rate);
  if (!Number.isFinite(rate)) return { bytes: most, atMs: now };
  const grown = bucket.bytes + ((rate / 8) * Math.max(0, now - bucket.atMs)) / 1_000;
  return { bytes: Math.min(most, grown), atMs: now };
}

export function taken(bucket: Bucket, bytes: number): Bucket {
  return { ...bucket, bytes: bucket.bytes - bytes };
}

/** How long until something may be taken again. */
export function readyInMs({ bytes }: Bucket, rate: number): Ms {
  return bytes > 0 || !Number.isFinite(rate) ? 0 : Math.ceil(((1 - bytes) * 8_000) / rate);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
