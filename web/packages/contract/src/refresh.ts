/** New cookies came; the login is over; or nobody can say, because the server did not answer. */
export type Refreshed = "renewed" | "over" | "unknown";

/** Gets a new access cookie for a signed-in browser. Whoever asks at the same time, in this tab or another, shares one answer. */
export interface Refresher {
  /** "renewed": requests that failed after being sent at `sentAtMs` are worth sending again. */
  refresh(sentAtMs: number): Promise<Refreshed>;
  /** For what connects once and stays: makes sure that the access cookie is young enough to be accepted. */
  freshen(): Promise<void>;
  /** The server has just set new cookies. */
  renewed(): void;
}

export interface RefresherOptions {
  origin: string;
  fetch?: typeof fetch;
  now?: () => number;
  /** When some tab last got new cookies; shared by all tabs. */
  memory?: Pick<Storage, "getItem" | "setItem">;
  locks?: Pick<LockManager, "request">;
}

const LAST_KEY = "greenroom.refreshedAt";
const LOCK = "greenroom.refresh";
const TIMEOUT_MS = 15_000;
/** The server's access tokens live ten minutes. */
const YOUNG_MS = 8 * 60_000;

export function createRefresher(options: RefresherOptions): Refresher {
  const { origin, now = Date.now, memory = storage(), locks = globalThis.navigator?.locks } = options;
  let inFlight: Promise<Refreshed> | undefined;

  const lastMs = () => Number(memory?.getItem(LAST_KEY) ?? 0);
  const renewed = () => memory?.setItem(LAST_KEY, String(now()));

  const ask = async (sentAtMs: number): Promise<Refreshed> => {
    // Another tab was quicker: its cookies are ours too.
    if (lastMs() > sentAtMs) return "renewed";
    const answer = await (options.fetch ?? fetch)(`${origin}/api/v1/tokens/refresh`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined);
    if (answer?.status === 401) return "over";
    if (!answer?.ok) return "unknown";
    renewed();
    return "renewed";
  };

  const refresh = (sentAtMs: number): Promise<Refreshed> => {
    inFlight ??= alone(() => ask(sentAtMs)).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };

  // Old browsers and plain http have no locks; the server forgives two refreshes within a moment of each other.
  const alone = (task: () => Promise<Refreshed>): Promise<Refreshed> =>
    locks ? locks.request(LOCK, task).then((answer) => answer) : task();

  return {
    refresh,
    renewed,
    freshen: async () => {
      if (now() - lastMs() > YOUNG_MS) await refresh(now());
    },
  };
}

function storage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
