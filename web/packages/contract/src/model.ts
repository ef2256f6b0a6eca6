import type { components } from "./openapi";
import type * as Planned from "./planned";

type Schemas = components["schemas"];

/** Milliseconds; on the server's clock since 1970 where the name ends in `AtMs`. */
export type Ms = number & { readonly __unit?: "ms" };

export type Problem = Schemas["Problem"];
export type Role = Schemas["Role"];
export type SessionKind = Schemas["SessionKind"];
export type Take = Schemas["Take"];
export type Stem = Schemas["Stem"];
export type Source = Stem["source"];
export type Asset = Schemas["Asset"];
export type Job = Schemas["JobView"];

export type Me = Planned.Account;
export type WorkspaceRole = Planned.WorkspaceRole;
export type Workspace = Planned.Workspace;
export type Membership = Planned.Membership;
export type Login = Planned.Login;
export type Provider = Planned.Provider;
export type TwoFactorSetup = Planned.TwoFactorSetup;
export type ApiKey = Planned.ApiKey;
export type NewApiKey = Planned.NewApiKey;
export type CreatedApiKey = Planned.CreatedApiKey;
export type Scope = Planned.Scope;
export type Member = Planned.Member;
export type WorkspaceInvitation = Planned.WorkspaceInvitation;
export type InvitationView = Planned.InvitationView;
export type AuditEntry = Planned.AuditEntry;
export type Project = Planned.Project;
export type Session = Planned.Session;
export type SessionDetail = Planned.SessionDetail;
export type SessionState = Session["state"];
export type NewSession = Planned.NewSession;
export type SessionChange = Planned.SessionChange;
export type Invite = Planned.Invite;
export type SessionInvite = Planned.SessionInvite;
export type NewSessionInvite = Planned.NewSessionInvite;
export type Participant = Planned.Participant;
export type Admission = Planned.Admission;
export type Permission = Planned.Permission;
export type RolePermissions = Planned.RolePermissions;
