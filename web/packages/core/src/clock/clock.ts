import type { Ms } from "@greenroom/contract";

/**
 * The server's clock as seen from this page (NTP's on-wire arithmetic, RFC 5905 §8, over the `clock` event).
 * Local time is `performance.timeOrigin + performance.now()`: it never steps, and every worker of the page shares it.
 * Of the last minute's exchanges the one with the least round trip decides: its error is at most half that round trip.
 */
export interface ClockSample {
  offsetMs: Ms;
  roundTripMs: Ms;
  takenAtMs: Ms;
}

export interface ServerClock {
  /** Server minus local, the best estimate so far; falls back to the device's own clock before the first answer. */
  offsetMs(): Ms;
  /** Server time now. */
  now(): Ms;
  synchronised(): boolean;
  onChange(listener: (offsetMs: Ms) => void): () => void;
  stop(): void;
}

const SAMPLE_WINDOW_MS = 60_000;
const SAMPLES_MAX = 64;
const FAST_SAMPLES = 6;
const FAST_INTERVAL_MS = 150;
const INTERVAL_MS = 3_000;

export function localNow(): Ms {
  return performance.timeOrigin + performance.now();
}

/** t0 sent and t3 received on the local clock, t1 and t2 on the server's. */
export function sampleOf(t0: Ms, t1: Ms, t2: Ms, t3: Ms): ClockSample {
  return { offsetMs: (t1 - t0 + (t2 - t3)) / 2, roundTripMs: t3 - t0 - (t2 - t1), takenAtMs: t3 };
}

export function keepRecent(samples: ClockSample[], next: ClockSample): ClockSample[] {
  const recent = samples.filter((sample) => next.takenAtMs - sample.takenAtMs <= SAMPLE_WINDOW_MS);
  return [...recent, next].slice(-SAMPLES_MAX);
}

export function bestOf(samples: ClockSample[]): ClockSample | undefined {
  return samples.reduce<ClockSample | undefined>(
    (best, sample) => (best && best.roundTripMs <= sample.roundTripMs ? best : sample),
    undefined,
  );
}

export type AskClock = (t0: Ms) => Promise<{ t1: Ms; t2: Ms }>;

export function createServerClock(ask: AskClock): ServerClock {
  let samples: ClockSample[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let asked = 0;
  const listeners = new Set<(offsetMs: Ms) => void>();
  const offsetMs = () => bestOf(samples)?.offsetMs ?? 0;

  const exchange = async () => {
    const t0 = localNow();
    const { t1, t2 } = await ask(t0);
    const before = offsetMs();
    samples = keepRecent(samples, sampleOf(t0, t1, t2, localNow()));
    asked += 1;
    if (offsetMs() !== before) for (const listener of listeners) listener(offsetMs());
  };
  const loop = () => {
    exchange()
      .catch(() => undefined)
      .finally(() => {
        if (!stopped) timer = setTimeout(loop, asked < FAST_SAMPLES ? FAST_INTERVAL_MS : INTERVAL_MS);
      });
  };
  loop();

  return {
    offsetMs,
    now: () => localNow() + offsetMs(),
    synchronised: () => samples.length > 0,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
