// Shapes agreed with the server that docs/openapi.json does not carry yet. Each leaves as soon as `make contract` has it.
import type { components } from "./openapi";

type Schemas = components["schemas"];

export type WorkspaceRole = "owner" | "admin" | "editor" | "member";
export interface Workspace {
  id: string;
  name: string;
  revision: number;
}
export interface Membership extends Omit<Workspace, "revision"> {
  role: WorkspaceRole;
}
export interface Account {
  user: { id: string; name: string; email: string; emailVerified: boolean; twoFactor: boolean };
  workspace: Membership;
}
export interface Provider {
  id: string;
  name: string;
}
export interface Login {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  address: string;
  agent: string;
  current: boolean;
}
export interface TwoFactorSetup {
  secret: string;
  uri: string;
}
export type Scope = "sessions:read" | "sessions:write" | "media:read" | "workspace:read" | "workspace:write";
export interface NewApiKey {
  name: string;
  scopes: Scope[];
  expiresAt?: string;
}
export interface ApiKey extends NewApiKey {
  id: string;
  /** How the key begins, to be recognised by. */
  prefix: string;
  createdAt: string;
  lastUsedAt?: string;
}
export interface CreatedApiKey extends ApiKey {
  key: string;
}
export interface Member {
  userId: string;
  name: string;
  email: string;
  role: WorkspaceRole;
  joinedAt?: string;
}
export interface WorkspaceInvitation {
  id: string;
  email: string;
  role: WorkspaceRole;
  createdAt?: string;
  expiresAt?: string;
}
export interface InvitationView {
  workspaceName: string;
  email: string;
  role: WorkspaceRole;
  invitedBy: string;
  hasAccount: boolean;
}
export interface AuditEntry {
  id: string;
  at: string;
  actor?: { id: string; name: string };
  action: string;
  /** An id. */
  subject: string;
  detail: string;
  address?: string;
}
export interface Project {
  id: string;
  name: string;
  description?: string;
  createdAt: string;
  sessionCount: number;
  revision: number;
}
export type Permission =
  | "publish_audio"
  | "publish_video"
  | "share_screen"
  | "record"
  | "admit"
  | "remove"
  | "change_roles"
  | "invite"
  | "end_session"
  | "see_results";
export interface RolePermissions {
  role: Schemas["Role"];
  allow: Permission[];
}
export interface NewSession {
  title: string;
  kind: Schemas["SessionKind"];
  projectId?: string;
  scheduledAt?: string;
  lengthMinutes?: number;
  lobby?: boolean;
  participantsMax?: number;
}
interface Planning {
  projectId?: string;
  lengthMinutes?: number;
  endedAt?: string;
  lobby: boolean;
  participantsMax: number;
  revision: number;
  state: Schemas["SessionState"] | "ended" | "cancelled";
}
export type Session = Omit<Schemas["Session"], "state"> & Planning;
export type SessionDetail = Omit<Schemas["SessionDetail"], "participants" | "state"> &
  Planning & { participants: Participant[]; may: Permission[]; permissions: RolePermissions[] };
export type Participant = Schemas["Participant"] & { state: "waiting" | "admitted" | "removed" };
export type Admission = Schemas["Admission"] & { waiting: boolean; may: Permission[] };
export type Invite = Schemas["Invite"] & { role: Schemas["Role"] };
export interface SessionChange {
  title?: string;
  kind?: Schemas["SessionKind"];
  /** null: no longer. */
  projectId?: string | null;
  scheduledAt?: string | null;
  lengthMinutes?: number | null;
  lobby?: boolean;
  participantsMax?: number;
  permissions?: RolePermissions[];
}
export interface NewSessionInvite {
  role: Schemas["Role"];
  expiresAt?: string;
  usesMax?: number;
}
export interface SessionInvite extends NewSessionInvite {
  id: string;
  link: string;
  createdAt: string;
  uses: number;
}
