import createClient from "openapi-fetch";
import type * as Model from "./model";
import type { components, paths } from "./openapi";
import { type ApiOptions, body, send } from "./send";

/** Every call of the REST contract as a function that returns the body or throws ApiError. */
export function createApi(options: ApiOptions) {
  const client = createClient<paths>({ baseUrl: options.origin, credentials: "same-origin" });
  const call = { fetch: (request: Request) => send(request, options) };
  return {
    ...entrance(client, call),
    ...account(client, call),
    ...workspace(client, call),
    ...projects(client, call),
    ...sessions(client, call),
    ...invites(client, call),
    ...participants(client, call),
    ...takes(client, call),
  };
}

export type Api = ReturnType<typeof createApi>;
export type NewStem = Schemas["StemAnnouncement"];

type Schemas = components["schemas"];
/** `null` takes a limit away. */
type ParticipantChange = { role?: Model.Role; recordingLimit?: Model.RecordingLimit | null };
type Client = ReturnType<typeof createClient<paths>>;
type Call = { fetch: (request: Request) => Promise<Response> };

const of = <P extends Record<string, string>>(path: P) => ({ params: { path } });
const once = (key: string) => ({ headers: { "Idempotency-Key": key } });
const unchangedSince = (revision: number) => ({ headers: { "If-Match": `"${revision}"` } });

/** All that somebody does who is not signed in yet. */
function entrance(client: Client, call: Call) {
  return {
    setupNeeded: () => body(client.GET("/api/v1/setup", call)),
    setUp: (owner: Schemas["NewOwner"]) => body(client.POST("/api/v1/setup", { ...call, body: owner })),
    registration: () => body(client.GET("/api/v1/register", call)),
    register: (person: Schemas["NewAccount"]) => body(client.POST("/api/v1/register", { ...call, body: person })),
    verifyEmail: (token: string) => body(client.POST("/api/v1/email/verify", { ...call, body: { token } })),
    logIn: (credentials: Schemas["Credentials"]) => body(client.POST("/api/v1/login", { ...call, body: credentials })),
    logOut: () => body(client.POST("/api/v1/logout", call)),
    sendVerificationAgain: (email: string) =>
      body(client.POST("/api/v1/email/verification", { ...call, body: { email } })),
    forgotPassword: (email: string) => body(client.POST("/api/v1/password/forgot", { ...call, body: { email } })),
    resetPassword: (token: string, password: string) =>
      body(client.POST("/api/v1/password/reset", { ...call, body: { token, password } })),
    mailSignInLink: (email: string) => body(client.POST("/api/v1/magic-link", { ...call, body: { email } })),
    redeemSignInLink: (token: string, code?: string) =>
      body(client.POST("/api/v1/magic-link/redeem", { ...call, body: { token, ...(code && { code }) } })),
    signInProviders: () => body(client.GET("/api/v1/sign-in/providers", call)),
    invitation: (token: string) => body(client.GET("/api/v1/invitations/{token}", { ...call, ...of({ token }) })),
    acceptInvitation: (token: string, person: { name?: string; password?: string }) =>
      body(client.POST("/api/v1/invitations/{token}/accept", { ...call, ...of({ token }), body: person })),
  };
}

/** The signed-in person. */
function account(client: Client, call: Call) {
  return {
    me: () => body(client.GET("/api/v1/me", call)),
    changeMe: (change: Schemas["AccountChange"]) => body(client.PATCH("/api/v1/me", { ...call, body: change })),
    changePassword: (change: Schemas["PasswordChange"]) =>
      body(client.POST("/api/v1/me/password", { ...call, body: change })),
    /** Those who sign in elsewhere have no password. */
    deleteMe: (password?: string) => body(client.DELETE("/api/v1/me", { ...call, body: password ? { password } : {} })),
    logins: () => body(client.GET("/api/v1/me/logins", call)),
    endLogin: (id: string) => body(client.DELETE("/api/v1/me/logins/{id}", { ...call, ...of({ id }) })),
    startTwoFactor: () => body(client.POST("/api/v1/me/two-factor", call)),
    confirmTwoFactor: (code: string) => body(client.POST("/api/v1/me/two-factor/confirm", { ...call, body: { code } })),
    removeTwoFactor: (code: string) => body(client.POST("/api/v1/me/two-factor/remove", { ...call, body: { code } })),
    apiKeys: () => body(client.GET("/api/v1/me/api-keys", call)),
    createApiKey: (key: Model.NewApiKey, intent: string) =>
      body(client.POST("/api/v1/me/api-keys", { ...call, ...once(intent), body: key })),
    revokeApiKey: (id: string) => body(client.DELETE("/api/v1/me/api-keys/{id}", { ...call, ...of({ id }) })),
  };
}

/** The workspace that this login is at, and the others the person belongs to. */
function workspace(client: Client, call: Call) {
  return {
    workspaces: () => body(client.GET("/api/v1/workspaces", call)),
    createWorkspace: (name: string, intent: string) =>
      body(client.POST("/api/v1/workspaces", { ...call, ...once(intent), body: { name } })),
    switchWorkspace: (workspaceId: string) =>
      body(client.POST("/api/v1/me/workspace", { ...call, body: { workspaceId } })),
    workspace: () => body(client.GET("/api/v1/workspace", call)),
    changeWorkspace: (change: { name: string }, revision: number) =>
      body(client.PATCH("/api/v1/workspace", { ...call, ...unchangedSince(revision), body: change })),
    members: () => body(client.GET("/api/v1/workspace/members", call)),
    changeMember: (userId: string, role: Model.WorkspaceRole) =>
      body(client.PATCH("/api/v1/workspace/members/{userId}", { ...call, ...of({ userId }), body: { role } })),
    removeMember: (userId: string) =>
      body(client.DELETE("/api/v1/workspace/members/{userId}", { ...call, ...of({ userId }) })),
    invitations: () => body(client.GET("/api/v1/workspace/invitations", call)),
    invitePerson: (invitation: Schemas["NewInvitation"], intent: string) =>
      body(client.POST("/api/v1/workspace/invitations", { ...call, ...once(intent), body: invitation })),
    revokeInvitation: (id: string) =>
      body(client.DELETE("/api/v1/workspace/invitations/{id}", { ...call, ...of({ id }) })),
    audit: (cursor?: string) =>
      body(
        client.GET("/api/v1/workspace/audit", { ...call, params: { query: { limit: 50, ...(cursor && { cursor }) } } }),
      ),
  };
}

function projects(client: Client, call: Call) {
  return {
    projects: () => body(client.GET("/api/v1/projects", { ...call, params: { query: { limit: 100 } } })),
    project: (id: string) => body(client.GET("/api/v1/projects/{id}", { ...call, ...of({ id }) })),
    createProject: (project: Schemas["NewProject"], intent: string) =>
      body(client.POST("/api/v1/projects", { ...call, ...once(intent), body: project })),
    changeProject: (id: string, change: Schemas["ProjectEdit"], revision: number) =>
      body(
        client.PATCH("/api/v1/projects/{id}", { ...call, ...of({ id }), ...unchangedSince(revision), body: change }),
      ),
    deleteProject: (id: string) => body(client.DELETE("/api/v1/projects/{id}", { ...call, ...of({ id }) })),
  };
}

export interface SessionFilter {
  projectId?: string;
  state?: Model.SessionState;
  kind?: Model.SessionKind;
}

function sessions(client: Client, call: Call) {
  return {
    sessions: (filter: SessionFilter = {}, cursor?: string) =>
      body(
        client.GET("/api/v1/sessions", {
          ...call,
          params: { query: { limit: 50, ...filter, ...(cursor && { cursor }) } },
        }),
      ),
    createSession: (session: Model.NewSession, intent: string) =>
      body(client.POST("/api/v1/sessions", { ...call, ...once(intent), body: session })),
    session: (id: string) => body(client.GET("/api/v1/sessions/{id}", { ...call, ...of({ id }) })),
    changeSession: (id: string, change: Model.SessionChange, revision: number) =>
      body(
        client.PATCH("/api/v1/sessions/{id}", { ...call, ...of({ id }), ...unchangedSince(revision), body: change }),
      ),
    endSession: (id: string) => body(client.POST("/api/v1/sessions/{id}/end", { ...call, ...of({ id }) })),
    deleteSession: (id: string) => body(client.DELETE("/api/v1/sessions/{id}", { ...call, ...of({ id }) })),
    joinSession: (id: string) => body(client.POST("/api/v1/sessions/{id}/join", { ...call, ...of({ id }), body: {} })),
  };
}

/** How people come into a session from outside. */
function invites(client: Client, call: Call) {
  return {
    sessionInvites: (id: string) => body(client.GET("/api/v1/sessions/{id}/invites", { ...call, ...of({ id }) })),
    createSessionInvite: (id: string, invite: Schemas["InviteOrder"], intent: string) =>
      body(client.POST("/api/v1/sessions/{id}/invites", { ...call, ...once(intent), ...of({ id }), body: invite })),
    revokeSessionInvite: (id: string, inviteId: string) =>
      body(client.DELETE("/api/v1/sessions/{id}/invites/{inviteId}", { ...call, ...of({ id, inviteId }) })),
    invite: (token: string) => body(client.GET("/api/v1/invites/{token}", { ...call, ...of({ token }) })),
    joinInvite: (token: string, name: string, rejoin?: string) =>
      body(
        client.POST("/api/v1/invites/{token}/join", {
          ...call,
          ...of({ token }),
          body: { name, ...(rejoin && { rejoin }) },
        }),
      ),
  };
}

/** The people in a session. */
function participants(client: Client, call: Call) {
  const path = "/api/v1/sessions/{id}/participants/{participantId}";
  return {
    admit: (id: string, participantId: string) =>
      body(client.POST(`${path}/admit`, { ...call, ...of({ id, participantId }) })),
    removeParticipant: (id: string, participantId: string) =>
      body(client.DELETE(path, { ...call, ...of({ id, participantId }) })),
    changeParticipant: (id: string, participantId: string, change: ParticipantChange) =>
      body(client.PATCH(path, { ...call, ...of({ id, participantId }), body: change })),
    /** Of a participant whose old one has ended: to finish what is left to upload. */
    renewParticipantToken: (token: string) =>
      body(client.POST("/api/v1/participants/token", { ...call, body: { token } })),
    /** In the words that were shown. */
    consent: (id: string, notice: string) =>
      body(client.POST("/api/v1/sessions/{id}/consent", { ...call, ...of({ id }), body: { notice } })),
  };
}

function takes(client: Client, call: Call) {
  return {
    startTake: (sessionId: string) =>
      body(client.POST("/api/v1/sessions/{id}/takes", { ...call, ...of({ id: sessionId }) })),
    take: (id: string) => body(client.GET("/api/v1/takes/{id}", { ...call, ...of({ id }) })),
    stopTake: (id: string) => body(client.POST("/api/v1/takes/{id}/stop", { ...call, ...of({ id }) })),
    pauseTake: (id: string) => body(client.POST("/api/v1/takes/{id}/pause", { ...call, ...of({ id }) })),
    resumeTake: (id: string) => body(client.POST("/api/v1/takes/{id}/resume", { ...call, ...of({ id }) })),
    addMarker: (id: string, marker: { label: string; atMs: number }) =>
      body(client.POST("/api/v1/takes/{id}/markers", { ...call, ...of({ id }), body: marker })),
    changeMarker: (id: string, markerId: string, change: { label?: string; atMs?: number }) =>
      body(client.PATCH("/api/v1/takes/{id}/markers/{markerId}", { ...call, ...of({ id, markerId }), body: change })),
    removeMarker: (id: string, markerId: string) =>
      body(client.DELETE("/api/v1/takes/{id}/markers/{markerId}", { ...call, ...of({ id, markerId }) })),
    shortenWait: (id: string, seconds: number) =>
      body(client.POST("/api/v1/takes/{id}/wait", { ...call, ...of({ id }), body: { seconds } })),
    finishTake: (id: string) => body(client.POST("/api/v1/takes/{id}/finish", { ...call, ...of({ id }) })),
    createStem: (takeId: string, stem: NewStem) =>
      body(client.POST("/api/v1/takes/{id}/stems", { ...call, ...of({ id: takeId }), body: stem })),
  };
}
