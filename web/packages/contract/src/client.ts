import createClient from "openapi-fetch";
import type * as Model from "./model";
import type { components, paths } from "./openapi";
import { type ApiOptions, body, send } from "./send";

type Loose = Record<
  "GET" | "POST" | "PATCH" | "DELETE",
  // biome-ignore lint/suspicious/noExplicitAny: until the document carries these routes
  (path: string, init: object) => Promise<{ data?: any; error?: unknown; response: Response }>
>;

/** Every call of the REST contract as a function that returns the body or throws ApiError. */
export function createApi(options: ApiOptions) {
  const client = createClient<paths>({ baseUrl: options.origin, credentials: "same-origin" });
  const call = { fetch: (request: Request) => send(request, options) };
  const loose = client as unknown as Loose;
  return {
    ...entrance(loose, call),
    ...account(loose, call),
    ...workspace(loose, call),
    ...projects(loose, call),
    ...sessions(client, loose, call),
    ...takes(client, call),
  };
}

export type Api = ReturnType<typeof createApi>;
export type NewStem = components["schemas"]["StemAnnouncement"];

type Client = ReturnType<typeof createClient<paths>>;
type Call = { fetch: (request: Request) => Promise<Response> };

interface Items<T> {
  items: T[];
  nextCursor?: string;
}

export interface Credentials {
  email: string;
  password: string;
  code?: string;
}

const of = <P extends Record<string, string>>(path: P) => ({ params: { path } });
const once = (key: string) => ({ headers: { "Idempotency-Key": key } });
const unchangedSince = (revision: number) => ({ headers: { "If-Match": `"${revision}"` } });

/** All that somebody does who is not signed in yet. */
function entrance(client: Loose, call: Call) {
  const post = <T>(path: string, content: object = {}) => body<T>(client.POST(path, { ...call, body: content }));
  return {
    setupNeeded: () => body<{ needed: boolean }>(client.GET("/api/v1/setup", call)),
    setUp: (owner: { token: string; name: string; email: string; password: string }) =>
      post<Model.Me>("/api/v1/setup", owner),
    registration: () => body<{ open: boolean }>(client.GET("/api/v1/register", call)),
    register: (person: { name: string; email: string; password: string }) => post<unknown>("/api/v1/register", person),
    verifyEmail: (token: string) => post<Model.Me>("/api/v1/email/verify", { token }),
    logIn: (credentials: Credentials) => post<Model.Me>("/api/v1/login", credentials),
    logOut: () => post<unknown>("/api/v1/logout"),
    forgotPassword: (email: string) => post<unknown>("/api/v1/password/forgot", { email }),
    resetPassword: (token: string, password: string) => post<Model.Me>("/api/v1/password/reset", { token, password }),
    mailSignInLink: (email: string) => post<unknown>("/api/v1/magic-link", { email }),
    redeemSignInLink: (token: string, code?: string) =>
      post<Model.Me>("/api/v1/magic-link/redeem", { token, ...(code ? { code } : {}) }),
    signInProviders: () => body<Items<Model.Provider>>(client.GET("/api/v1/sign-in/providers", call)),
    invitation: (token: string) =>
      body<Model.InvitationView>(client.GET("/api/v1/invitations/{token}", { ...call, ...of({ token }) })),
    acceptInvitation: (token: string, person: { name?: string; password?: string }) =>
      body<Model.Me>(client.POST("/api/v1/invitations/{token}/accept", { ...call, ...of({ token }), body: person })),
  };
}

/** The signed-in person. */
function account(client: Loose, call: Call) {
  return {
    me: () => body<Model.Me>(client.GET("/api/v1/me", call)),
    changeMe: (change: { name?: string }) => body<Model.Me>(client.PATCH("/api/v1/me", { ...call, body: change })),
    changePassword: (change: { current: string; new: string }) =>
      body<unknown>(client.POST("/api/v1/me/password", { ...call, body: change })),
    /** Those who sign in elsewhere have no password. */
    deleteMe: (password?: string) =>
      body<unknown>(client.DELETE("/api/v1/me", { ...call, body: password ? { password } : {} })),
    logins: () => body<Items<Model.Login>>(client.GET("/api/v1/me/logins", call)),
    endLogin: (id: string) => body<unknown>(client.DELETE("/api/v1/me/logins/{id}", { ...call, ...of({ id }) })),
    startTwoFactor: () => body<Model.TwoFactorSetup>(client.POST("/api/v1/me/two-factor", { ...call, body: {} })),
    confirmTwoFactor: (code: string) =>
      body<{ recoveryCodes: string[] }>(client.POST("/api/v1/me/two-factor/confirm", { ...call, body: { code } })),
    removeTwoFactor: (code: string) =>
      body<unknown>(client.POST("/api/v1/me/two-factor/remove", { ...call, body: { code } })),
    apiKeys: () => body<Items<Model.ApiKey>>(client.GET("/api/v1/me/api-keys", call)),
    createApiKey: (key: Model.NewApiKey, intent: string) =>
      body<Model.CreatedApiKey>(client.POST("/api/v1/me/api-keys", { ...call, ...once(intent), body: key })),
    revokeApiKey: (id: string) => body<unknown>(client.DELETE("/api/v1/me/api-keys/{id}", { ...call, ...of({ id }) })),
  };
}

/** The workspace that this login is in, and the others the person belongs to. */
function workspace(client: Loose, call: Call) {
  return {
    workspaces: () => body<Items<Model.Membership>>(client.GET("/api/v1/workspaces", call)),
    createWorkspace: (name: string, intent: string) =>
      body<Model.Membership>(client.POST("/api/v1/workspaces", { ...call, ...once(intent), body: { name } })),
    switchWorkspace: (workspaceId: string) =>
      body<Model.Me>(client.POST("/api/v1/me/workspace", { ...call, body: { workspaceId } })),
    workspace: () => body<Model.Workspace>(client.GET("/api/v1/workspace", call)),
    changeWorkspace: (change: { name: string }, revision: number) =>
      body<Model.Workspace>(client.PATCH("/api/v1/workspace", { ...call, ...unchangedSince(revision), body: change })),
    members: () => body<Items<Model.Member>>(client.GET("/api/v1/workspace/members", call)),
    changeMember: (userId: string, role: Model.WorkspaceRole) =>
      body<Model.Member>(
        client.PATCH("/api/v1/workspace/members/{userId}", { ...call, ...of({ userId }), body: { role } }),
      ),
    removeMember: (userId: string) =>
      body<unknown>(client.DELETE("/api/v1/workspace/members/{userId}", { ...call, ...of({ userId }) })),
    invitations: () => body<Items<Model.WorkspaceInvitation>>(client.GET("/api/v1/workspace/invitations", call)),
    invitePerson: (invitation: { email: string; role: Model.WorkspaceRole }, intent: string) =>
      body<Model.WorkspaceInvitation>(
        client.POST("/api/v1/workspace/invitations", { ...call, ...once(intent), body: invitation }),
      ),
    revokeInvitation: (id: string) =>
      body<unknown>(client.DELETE("/api/v1/workspace/invitations/{id}", { ...call, ...of({ id }) })),
    audit: (cursor?: string) =>
      body<Items<Model.AuditEntry>>(
        client.GET("/api/v1/workspace/audit", { ...call, params: { query: { limit: 50, ...(cursor && { cursor }) } } }),
      ),
  };
}

function projects(client: Loose, call: Call) {
  return {
    projects: () =>
      body<Items<Model.Project>>(client.GET("/api/v1/projects", { ...call, params: { query: { limit: 100 } } })),
    project: (id: string) => body<Model.Project>(client.GET("/api/v1/projects/{id}", { ...call, ...of({ id }) })),
    createProject: (project: { name: string; description?: string }, intent: string) =>
      body<Model.Project>(client.POST("/api/v1/projects", { ...call, ...once(intent), body: project })),
    changeProject: (id: string, change: { name?: string; description?: string | null }, revision: number) =>
      body<Model.Project>(
        client.PATCH("/api/v1/projects/{id}", { ...call, ...of({ id }), ...unchangedSince(revision), body: change }),
      ),
    deleteProject: (id: string) => body<unknown>(client.DELETE("/api/v1/projects/{id}", { ...call, ...of({ id }) })),
  };
}

export interface SessionFilter {
  projectId?: string;
  state?: Model.SessionState;
  kind?: Model.SessionKind;
}

function sessions(client: Client, loose: Loose, call: Call) {
  return {
    sessions: (filter: SessionFilter = {}, cursor?: string) =>
      body<Items<Model.Session>>(
        loose.GET("/api/v1/sessions", {
          ...call,
          params: { query: { limit: 50, ...filter, ...(cursor && { cursor }) } },
        }),
      ),
    createSession: (session: Model.NewSession, intent: string) =>
      body<Model.Session>(loose.POST("/api/v1/sessions", { ...call, ...once(intent), body: session })),
    session: (id: string) => body<Model.SessionDetail>(loose.GET("/api/v1/sessions/{id}", { ...call, ...of({ id }) })),
    changeSession: (id: string, change: Model.SessionChange, revision: number) =>
      body<Model.Session>(
        loose.PATCH("/api/v1/sessions/{id}", { ...call, ...of({ id }), ...unchangedSince(revision), body: change }),
      ),
    endSession: (id: string) =>
      body<Model.Session>(loose.POST("/api/v1/sessions/{id}/end", { ...call, ...of({ id }), body: {} })),
    deleteSession: (id: string) => body(client.DELETE("/api/v1/sessions/{id}", { ...call, ...of({ id }) })),
    joinSession: (id: string) =>
      body<Model.Admission>(loose.POST("/api/v1/sessions/{id}/join", { ...call, ...of({ id }), body: {} })),

    sessionInvites: (id: string) =>
      body<Items<Model.SessionInvite>>(loose.GET("/api/v1/sessions/{id}/invites", { ...call, ...of({ id }) })),
    createSessionInvite: (id: string, invite: Model.NewSessionInvite, intent: string) =>
      body<Model.SessionInvite>(
        loose.POST("/api/v1/sessions/{id}/invites", { ...call, ...once(intent), ...of({ id }), body: invite }),
      ),
    revokeSessionInvite: (id: string, inviteId: string) =>
      body<unknown>(loose.DELETE("/api/v1/sessions/{id}/invites/{inviteId}", { ...call, ...of({ id, inviteId }) })),
    invite: (token: string) => body<Model.Invite>(loose.GET("/api/v1/invites/{token}", { ...call, ...of({ token }) })),
    joinInvite: (token: string, name: string, rejoin?: string) =>
      body<Model.Admission>(
        loose.POST("/api/v1/invites/{token}/join", {
          ...call,
          ...of({ token }),
          body: { name, ...(rejoin ? { rejoin } : {}) },
        }),
      ),

    admit: (id: string, participantId: string) =>
      body<unknown>(
        loose.POST("/api/v1/sessions/{id}/participants/{participantId}/admit", {
          ...call,
          ...of({ id, participantId }),
          body: {},
        }),
      ),
    removeParticipant: (id: string, participantId: string) =>
      body<unknown>(
        loose.DELETE("/api/v1/sessions/{id}/participants/{participantId}", { ...call, ...of({ id, participantId }) }),
      ),
    changeParticipant: (id: string, participantId: string, role: Model.Role) =>
      body<Model.Participant>(
        loose.PATCH("/api/v1/sessions/{id}/participants/{participantId}", {
          ...call,
          ...of({ id, participantId }),
          body: { role },
        }),
      ),
  };
}

function takes(client: Client, call: Call) {
  return {
    startTake: (sessionId: string) =>
      body(client.POST("/api/v1/sessions/{id}/takes", { ...call, ...of({ id: sessionId }) })),
    take: (id: string) => body(client.GET("/api/v1/takes/{id}", { ...call, ...of({ id }) })),
    stopTake: (id: string) => body(client.POST("/api/v1/takes/{id}/stop", { ...call, ...of({ id }) })),
    finishTake: (id: string) => body(client.POST("/api/v1/takes/{id}/finish", { ...call, ...of({ id }) })),
    createStem: (takeId: string, stem: NewStem) =>
      body(client.POST("/api/v1/takes/{id}/stems", { ...call, ...of({ id: takeId }), body: stem })),
  };
}
