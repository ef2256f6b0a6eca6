import type { Problem } from "./model";
import type { Refresher } from "./refresh";

/** What a call to the server failed with, in words for people; `code` is there to copy. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly fields: { field: string; message: string }[];
  readonly retryAfterS: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfterS?: number) {
    super(problem.detail || problem.title || "The server did not answer.");
    this.name = "ApiError";
    this.status = status;
    this.code = problem.type?.split("/").pop() ?? "network";
    this.requestId = problem.requestId;
    this.fields = problem.errors ?? [];
    this.retryAfterS = retryAfterS;
  }

  /** Nothing was decided by the server: worth trying again later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }

  /** Nobody is signed in (any more); other refusals with 401 are about a password or a code. */
  get signedOut(): boolean {
    return this.status === 401 && SIGNED_OUT.test(this.code);
  }
}

const SIGNED_OUT = /\.sign_in$/;

export interface ApiOptions {
  origin: string;
  token?: () => string | undefined;
  fetch?: typeof fetch;
  /** For a browser that is signed in by cookie. */
  refresher?: Refresher;
}

const JSON_TIMEOUT_MS = 20_000;

/** Sends a request, once more with fresh cookies where they had expired. */
export async function send(request: Request, options: ApiOptions): Promise<Response> {
  const token = options.token?.();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  const { refresher } = options;
  if (!refresher) return reach(request, options);

  const again = request.clone();
  const sentAtMs = Date.now();
  const answer = await reach(request, options);
  if (answer.status !== 401 || !(await isSignedOut(answer.clone()))) return answer;
  switch (await refresher.refresh(sentAtMs)) {
    case "renewed":
      return reach(again, options);
    case "over":
      return answer;
    case "unknown":
      throw unreachable();
  }
}

async function reach(request: Request, options: ApiOptions): Promise<Response> {
  try {
    return await (options.fetch ?? fetch)(request, { signal: AbortSignal.timeout(JSON_TIMEOUT_MS) });
  } catch {
    throw unreachable();
  }
}

function unreachable(): ApiError {
  return new ApiError(0, { title: "The server could not be reached." });
}

async function isSignedOut(answer: Response): Promise<boolean> {
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  return SIGNED_OUT.test(problem.type ?? "");
}

/** The body of a good answer; what went wrong, as an exception, otherwise. */
export async function body<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  throw new ApiError(response.status, asProblem(error), Number.isFinite(retryAfter) ? retryAfter : undefined);
}

function asProblem(error: unknown): Partial<Problem> {
  return typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
}
