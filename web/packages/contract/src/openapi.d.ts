/** Stand-in in the shape openapi-typescript gives, replaced by `npm run contract` from ../docs/openapi.json. */
type Json<T> = { headers: { [name: string]: unknown }; content: { "application/json": T } };
type Parameters<Path, Query> = {
  query?: [Query] extends [never] ? never : Query;
  header?: never;
  cookie?: never;
} & ([Path] extends [never] ? { path?: never } : { path: Path });
type Operation<Request, Answer, Path = never, Query = never> = {
  parameters: Parameters<Path, Query>;
  responses: {
    200: Json<Answer>;
    default: {
      headers: { [name: string]: unknown };
      content: { "application/problem+json": components["schemas"]["Problem"] };
    };
  };
} & ([Request] extends [never]
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": Request } } });

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail?: string;
      requestId?: string;
      errors?: { field: string; message: string }[];
    };
    User: { id: string; name: string; email: string };
    Workspace: { id: string; name: string };
    Me: { user: components["schemas"]["User"]; workspace: components["schemas"]["Workspace"] };
    Session: {
      id: string;
      title: string;
      kind: "podcast" | "class" | "call";
      state: "scheduled" | "live" | "uploading" | "processing" | "ready" | "failed";
      createdAt: string;
      scheduledAt?: string;
      guestLink?: string;
      thumbnailUrl?: string;
      durationS?: number;
    };
    Participant: { id: string; name: string; role: string; joinedAt: string; leftAt?: string };
    Stem: {
      id: string;
      takeId: string;
      participantId: string;
      participantName: string;
      source: "mic" | "camera" | "screen";
      origin: "local" | "backup";
      state: "recording" | "complete" | "abandoned";
      contentType: string;
      startedAtMs: number;
      bytes: number;
      uploadedBytes?: number;
    };
    Take: {
      id: string;
      sessionId: string;
      state: "recording" | "uploading" | "processing" | "ready" | "failed";
      startedAt: string;
      startedAtMs: number;
      stoppedAt?: string;
      stoppedAtMs?: number;
      stems: components["schemas"]["Stem"][];
      error?: string;
    };
    Asset: {
      id: string;
      takeId: string;
      kind: "composite" | "stem" | "thumbnail" | "peaks" | "report" | "original";
      name: string;
      contentType: string;
      bytes: number;
      url: string;
      downloadUrl: string;
      participantId?: string;
      participantName?: string;
      durationS?: number;
    };
    Job: {
      id: string;
      kind: string;
      state: string;
      stage: string;
      progress: number;
      etaS?: number;
      error?: string;
    };
    SessionDetail: components["schemas"]["Session"] & {
      participants: components["schemas"]["Participant"][];
      takes: components["schemas"]["Take"][];
      assets: components["schemas"]["Asset"][];
      job?: components["schemas"]["Job"];
    };
    Admission: {
      session: { id: string; title: string; kind: string; state: string };
      participant: { id: string; name: string; role: string };
      token: string;
      callId: string;
      takeInProgress?: components["schemas"]["Take"];
    };
    Invite: {
      session: { id: string; title: string; kind: string; state: string };
      hostName: string;
    };
  };
}

type S = components["schemas"];
type None = Record<string, never>;

export interface paths {
  "/setup": {
    get: Operation<never, { needed: boolean }>;
    post: Operation<{ token: string; name: string; email: string; password: string }, S["Me"]>;
  };
  "/login": { post: Operation<{ email: string; password: string }, S["Me"]> };
  "/logout": { post: Operation<never, None> };
  "/me": { get: Operation<never, S["Me"]> };
  "/sessions": {
    get: Operation<never, { items: S["Session"][]; nextCursor?: string }, never, { limit?: number; cursor?: string }>;
    post: Operation<{ title: string; kind: "podcast" | "class" | "call"; scheduledAt?: string }, S["Session"]>;
  };
  "/sessions/{id}": {
    get: Operation<never, S["SessionDetail"], { id: string }>;
    patch: Operation<{ title?: string }, S["Session"], { id: string }>;
    delete: Operation<never, None, { id: string }>;
  };
  "/sessions/{id}/join": { post: Operation<{ name?: string }, S["Admission"], { id: string }> };
  "/sessions/{id}/takes": { post: Operation<never, S["Take"], { id: string }> };
  "/takes/{id}": { get: Operation<never, S["Take"], { id: string }> };
  "/takes/{id}/stop": { post: Operation<never, S["Take"], { id: string }> };
  "/takes/{id}/finish": { post: Operation<never, S["Take"], { id: string }> };
  "/takes/{id}/stems": {
    post: Operation<
      {
        clientKey: string;
        source: "mic" | "camera" | "screen";
        contentType: string;
        startedAtMs: number;
        sampleRate?: number;
        channels?: number;
        width?: number;
        height?: number;
      },
      { stem: S["Stem"]; uploadUrl: string },
      { id: string }
    >;
  };
  "/invites/{token}": { get: Operation<never, S["Invite"], { token: string }> };
  "/invites/{token}/join": {
    post: Operation<{ name: string; rejoin?: string }, S["Admission"], { token: string }>;
  };
}
