import createClient from "openapi-fetch";
import type { Problem } from "./model";
import type { components, paths } from "./openapi";

/** What a call to the server failed with, in words for people; `code` is there to copy. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly fields: { field: string; message: string }[];

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail || problem.title || "The server did not answer.");
    this.name = "ApiError";
    this.status = status;
    this.code = problem.type?.split("/").pop() ?? "network";
    this.requestId = problem.requestId;
    this.fields = problem.errors ?? [];
  }

  /** Nothing was decided by the server: worth trying again later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

export interface ApiOptions {
  origin: string;
  token?: () => string | undefined;
  fetch?: typeof fetch;
}

const JSON_TIMEOUT_MS = 20_000;

/** Every call of the REST contract as a function that returns the body or throws ApiError. */
export function createApi(options: ApiOptions) {
  const client = createClient<paths>({ baseUrl: options.origin, credentials: "same-origin" });
  const call = { fetch: (request: Request) => send(request, options) };

  return {
    setupNeeded: () => body(client.GET("/api/v1/setup", call)),
    setUp: (owner: { token: string; name: string; email: string; password: string }) =>
      body(client.POST("/api/v1/setup", { ...call, body: owner })),
    logIn: (credentials: { email: string; password: string }) =>
      body(client.POST("/api/v1/login", { ...call, body: credentials })),
    logOut: () => body(client.POST("/api/v1/logout", call)),
    me: () => body(client.GET("/api/v1/me", call)),

    sessions: (cursor?: string) =>
      body(
        client.GET("/api/v1/sessions", { ...call, params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } }),
      ),
    createSession: (session: { title: string; kind: "podcast" | "class" | "call"; scheduledAt?: string }) =>
      body(client.POST("/api/v1/sessions", { ...call, body: session })),
    session: (id: string) => body(client.GET("/api/v1/sessions/{id}", { ...call, params: { path: { id } } })),
    renameSession: (id: string, title: string) =>
      body(client.PATCH("/api/v1/sessions/{id}", { ...call, params: { path: { id } }, body: { title } })),
    deleteSession: (id: string) => body(client.DELETE("/api/v1/sessions/{id}", { ...call, params: { path: { id } } })),
    joinSession: (id: string) =>
      body(client.POST("/api/v1/sessions/{id}/join", { ...call, params: { path: { id } }, body: {} })),

    invite: (token: string) => body(client.GET("/api/v1/invites/{token}", { ...call, params: { path: { token } } })),
    joinInvite: (token: string, name: string, rejoin?: string) =>
      body(
        client.POST("/api/v1/invites/{token}/join", {
          ...call,
          params: { path: { token } },
          body: { name, ...(rejoin ? { rejoin } : {}) },
        }),
      ),

    startTake: (sessionId: string) =>
      body(client.POST("/api/v1/sessions/{id}/takes", { ...call, params: { path: { id: sessionId } } })),
    take: (id: string) => body(client.GET("/api/v1/takes/{id}", { ...call, params: { path: { id } } })),
    stopTake: (id: string) => body(client.POST("/api/v1/takes/{id}/stop", { ...call, params: { path: { id } } })),
    finishTake: (id: string) => body(client.POST("/api/v1/takes/{id}/finish", { ...call, params: { path: { id } } })),
    createStem: (takeId: string, stem: NewStem) =>
      body(client.POST("/api/v1/takes/{id}/stems", { ...call, params: { path: { id: takeId } }, body: stem })),
  };
}

export type Api = ReturnType<typeof createApi>;
export type NewStem = components["schemas"]["StemAnnouncement"];

async function send(request: Request, options: ApiOptions): Promise<Response> {
  const token = options.token?.();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  try {
    return await (options.fetch ?? fetch)(request, { signal: AbortSignal.timeout(JSON_TIMEOUT_MS) });
  } catch {
    throw new ApiError(0, { title: "The server could not be reached." });
  }
}

async function body<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(response.status, asProblem(error));
  return data as T;
}

function asProblem(error: unknown): Partial<Problem> {
  return typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
}
