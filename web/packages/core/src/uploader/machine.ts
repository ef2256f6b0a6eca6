import type { Ms } from "@greenroom/contract";

/**
 * One stem on its way to the server, as a pure step. What the server has is only ever learned from the server:
 * `confirmed` comes from its answers, and the local copy is forgotten only after it has said, asked anew, that it holds
 * every byte and that its hash of them is that of the local copy. Every failure ends in a wait that ends; only a refusal by the server itself parks the stem for a person.
 */
export type UploadPhase = "creating" | "uploading" | "verifying" | "waiting" | "refused" | "done";
type Work = "creating" | "uploading" | "verifying";

export interface UploadState {
  phase: UploadPhase;
  resume: Work;
  retryAtMs: Ms;
  failures: number;
  localBytes: number;
  closed: boolean;
  confirmedBytes: number;
  activeAtMs: Ms;
}

export type UploadEvent =
  | { type: "grew"; bytes: number }
  | { type: "closed"; bytes: number }
  | { type: "created" }
  | { type: "active" }
  | { type: "confirmed"; bytes: number }
  | { type: "uploadEnded" }
  /** `matches`: the server's hash of the whole is that of the local copy; unknown while it has not said. */
  | { type: "verified"; complete: boolean; bytes: number; matches?: boolean }
  | { type: "failed"; reason: "transient" | "gone" | "refused" }
  | { type: "online" }
  | { type: "tick" };

export type UploadEffect =
  | { type: "create" }
  | { type: "upload" }
  | { type: "abort" }
  | { type: "verify" }
  | { type: "forget" }
  | { type: "wake"; atMs: Ms };

export interface UploadSeed {
  created: boolean;
  localBytes: number;
  closed: boolean;
}

const RETRY_MS = 500;
const RETRY_MAX_MS = 10_000;
/** A request with bytes to send that has not moved for this long hangs on a dead connection (sleep, changed network). */
export const STALL_MS = 20_000;

type Step = [UploadState, UploadEffect[]];

export function beginUpload(seed: UploadSeed, now: Ms): Step {
  const resume: Work = seed.created ? "uploading" : "creating";
  const state: UploadState = {
    phase: "waiting",
    resume,
    retryAtMs: now,
    failures: 0,
    localBytes: seed.localBytes,
    closed: seed.closed,
    confirmedBytes: 0,
    activeAtMs: now,
  };
  return enter(state, resume, now);
}

export function stepUpload(state: UploadState, event: UploadEvent, now: Ms): Step {
  switch (event.type) {
    case "grew":
      return [grown(state, event.bytes, now), []];
    case "closed":
      return [{ ...grown(state, event.bytes, now), closed: true }, []];
    case "created":
      return state.phase === "creating" ? enter({ ...state, failures: 0 }, "uploading", now) : [state, []];
    case "active":
      return [{ ...state, activeAtMs: now }, []];
    case "confirmed":
      return [{ ...state, confirmedBytes: event.bytes, failures: 0, activeAtMs: now }, []];
    case "uploadEnded":
      return state.phase === "uploading" ? enter(state, "verifying", now) : [state, []];
    case "verified":
      return state.phase === "verifying" ? verified(state, event, now) : [state, []];
    case "failed":
      return failed(state, event.reason, now);
    case "online":
      return state.phase === "waiting" ? enter({ ...state, failures: 0 }, state.resume, now) : [state, []];
    case "tick":
      return tick(state, now);
  }
}

/** Time counts from the moment there is something to send again. */
function grown(state: UploadState, bytes: number, now: Ms): UploadState {
  const idle = state.confirmedBytes >= state.localBytes;
  return { ...state, localBytes: Math.max(state.localBytes, bytes), activeAtMs: idle ? now : state.activeAtMs };
}

function verified(state: UploadState, answer: Extract<UploadEvent, { type: "verified" }>, now: Ms): Step {
  const next = { ...state, confirmedBytes: answer.bytes };
  if (!answer.complete || answer.bytes !== state.localBytes || !state.closed) return wait(next, "uploading", now);
  if (answer.matches === undefined) return wait(next, "verifying", now);
  if (!answer.matches) return [{ ...next, phase: "refused" }, []];
  return [{ ...next, phase: "done" }, [{ type: "forget" }]];
}

function failed(state: UploadState, reason: "transient" | "gone" | "refused", now: Ms): Step {
  if (state.phase === "done" || state.phase === "refused" || state.phase === "waiting") return [state, []];
  if (reason === "refused" || (reason === "gone" && state.phase === "creating"))
    return [{ ...state, phase: "refused" }, []];
  // The server no longer knows the upload: ask for it again under the same key.
  return wait(state, reason === "gone" ? "creating" : (state.phase as Work), now);
}

function tick(state: UploadState, now: Ms): Step {
  if (state.phase === "waiting" && now >= state.retryAtMs) return enter(state, state.resume, now);
  const pending = state.confirmedBytes < state.localBytes || state.closed;
  if (state.phase !== "uploading" || !pending || now - state.activeAtMs < STALL_MS) return [state, []];
  const [next, effects] = wait(state, "uploading", now);
  return [next, [{ type: "abort" }, ...effects]];
}

function wait(state: UploadState, resume: Work, now: Ms): Step {
  const delay = Math.min(RETRY_MS * 2 ** Math.min(state.failures, 10), RETRY_MAX_MS);
  const retryAtMs = now + delay;
  return [
    { ...state, phase: "waiting", resume, retryAtMs, failures: state.failures + 1 },
    [{ type: "wake", atMs: retryAtMs }],
  ];
}

function enter(state: UploadState, work: Work, now: Ms): Step {
  const effect = ({ creating: "create", uploading: "upload", verifying: "verify" } as const)[work];
  return [{ ...state, phase: work, resume: work, activeAtMs: now }, [{ type: effect }]];
}
