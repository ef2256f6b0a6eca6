import type { Ms, Source } from "@greenroom/contract";

/**
 * What is being recorded here, as a pure step: (state, event, now) → [state, effects]. Invariant: while a take runs,
 * each source that has a track has exactly one open segment, or a retry that is due; while it is paused and after it,
 * none.
 * A segment becomes one stem. The microphone's track is the audio graph's tap, so a swapped device does not end it; the
 * unfiltered microphone's is the capture itself, and ends with it.
 */
export interface TakeRef {
  id: string;
  startedAtMs: Ms;
}
export interface Segment {
  serial: number;
  takeId: string;
  source: Source;
  trackId: string;
  closing: boolean;
}
export interface RecorderState {
  take?: TakeRef;
  paused: boolean;
  tracks: Partial<Record<Source, string>>;
  segments: Segment[];
  nextSerial: number;
  failures: Partial<Record<Source, number>>;
  retryAtMs: Partial<Record<Source, Ms>>;
}

export type RecorderEvent =
  | { type: "takeStarted"; take: TakeRef }
  | { type: "takePaused"; takeId: string }
  | { type: "takeResumed"; takeId: string }
  | { type: "takeStopped"; takeId?: string }
  | { type: "trackChanged"; source: Source; trackId?: string }
  | { type: "segmentRunning"; serial: number }
  | { type: "segmentClosed"; serial: number }
  | { type: "segmentFailed"; serial: number }
  | { type: "tick" };

export type RecorderEffect =
  | { type: "open"; serial: number; source: Source; trackId: string; take: TakeRef }
  | { type: "close"; serial: number }
  | { type: "wake"; atMs: Ms };

const RETRY_MS = 250;
const RETRY_MAX_MS = 5_000;
const SOURCES: Source[] = ["mic", "raw_mic", "camera", "screen"];

export const idleRecorder: RecorderState = {
  paused: false,
  tracks: {},
  segments: [],
  nextSerial: 1,
  failures: {},
  retryAtMs: {},
};

export function recording(state: RecorderState): boolean {
  return state.take !== undefined;
}

/** The take is over and the last bytes are still on their way into storage. */
export function closing(state: RecorderState): boolean {
  return state.take === undefined && state.segments.length > 0;
}

export function stepRecorder(state: RecorderState, event: RecorderEvent, now: Ms): [RecorderState, RecorderEffect[]] {
  return settle(apply(state, event, now), now);
}

function apply(state: RecorderState, event: RecorderEvent, now: Ms): RecorderState {
  switch (event.type) {
    case "takeStarted":
      if (state.take?.id === event.take.id) return state;
      return { ...state, take: event.take, paused: false, failures: {}, retryAtMs: {} };
    case "takePaused":
      return event.takeId === state.take?.id ? { ...state, paused: true } : state;
    case "takeResumed":
      return event.takeId === state.take?.id ? { ...state, paused: false, retryAtMs: {} } : state;
    case "takeStopped":
      return event.takeId === undefined || event.takeId === state.take?.id
        ? { ...state, take: undefined, paused: false }
        : state;
    case "trackChanged":
      return {
        ...state,
        tracks: { ...state.tracks, [event.source]: event.trackId },
        retryAtMs: without(state.retryAtMs, event.source),
      };
    case "segmentRunning":
      return { ...state, failures: without(state.failures, sourceOf(state, event.serial)) };
    case "segmentClosed":
      return drop(state, event.serial);
    case "segmentFailed":
      return failed(state, event.serial, now);
    case "tick":
      return state;
  }
}

/** Opens and closes whatever the state now asks for. */
function settle(state: RecorderState, now: Ms): [RecorderState, RecorderEffect[]] {
  const effects: RecorderEffect[] = [];
  let { nextSerial } = state;
  const segments = state.segments.map((segment) => {
    if (segment.closing || belongs(segment, state)) return segment;
    effects.push({ type: "close", serial: segment.serial });
    return { ...segment, closing: true };
  });
  for (const source of SOURCES) {
    const trackId = state.tracks[source];
    if (
      !state.take ||
      state.paused ||
      !trackId ||
      segments.some((segment) => segment.source === source && !segment.closing)
    )
      continue;
    const due = state.retryAtMs[source] ?? 0;
    if (due > now) effects.push({ type: "wake", atMs: due });
    else {
      const serial = nextSerial++;
      segments.push({ serial, takeId: state.take.id, source, trackId, closing: false });
      effects.push({ type: "open", serial, source, trackId, take: state.take });
    }
  }
  return [{ ...state, segments, nextSerial }, effects];
}

function belongs(segment: Segment, state: RecorderState): boolean {
  return !state.paused && state.take?.id === segment.takeId && state.tracks[segment.source] === segment.trackId;
}

function failed(state: RecorderState, serial: number, now: Ms): RecorderState {
  const source = sourceOf(state, serial);
  if (!source) return state;
  const failures = (state.failures[source] ?? 0) + 1;
  const delay = Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS);
  return {
    ...drop(state, serial),
    failures: { ...state.failures, [source]: failures },
    retryAtMs: { ...state.retryAtMs, [source]: now + delay },
  };
}

function drop(state: RecorderState, serial: number): RecorderState {
  return { ...state, segments: state.segments.filter((segment) => segment.serial !== serial) };
}

function sourceOf(state: RecorderState, serial: number): Source | undefined {
  return state.segments.find((segment) => segment.serial === serial)?.source;
}

function without<T>(record: Partial<Record<Source, T>>, source: Source | undefined): Partial<Record<Source, T>> {
  if (!source) return record;
  const { [source]: _, ...rest } = record;
  return rest as Partial<Record<Source, T>>;
}
