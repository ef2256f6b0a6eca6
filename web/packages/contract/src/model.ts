import type { components } from "./openapi";

type Schemas = components["schemas"];

/** Milliseconds; on the server's clock since 1970 where the name ends in `AtMs`. */
export type Ms = number & { readonly __unit?: "ms" };

export type Problem = Schemas["Problem"];
export type Role = Schemas["Role"];
export type SessionKind = Schemas["SessionKind"];
export type Take = Schemas["Take"];
export type Marker = Schemas["Marker"];
export type Stem = Schemas["Stem"];
export type Source = Stem["source"];
/** What goes into the call; the unfiltered microphone is only recorded. */
export type LiveSource = Exclude<Source, "raw_mic">;
export type Asset = Schemas["Asset"];
export type Job = Schemas["JobView"];

export type Me = Schemas["Account"];
export type WorkspaceRole = Schemas["WorkspaceRole"];
export type Workspace = Schemas["WorkspaceDetail"];
export type Membership = Schemas["Workspace"];
export type Login = Schemas["Login"];
export type TwoFactorSetup = Schemas["TwoFactorSecret"];
export type ApiKey = Schemas["ApiKey"];
export type NewApiKey = Schemas["NewApiKey"];
export type CreatedApiKey = Schemas["MadeApiKey"];
export type Scope = Schemas["Scope"];
export type Member = Schemas["Member"];
export type WorkspaceInvitation = Schemas["Invitation"];
export type InvitationView = Schemas["InvitationBrief"];
export type AuditEntry = Schemas["AuditLine"];
export type Project = Schemas["Project"];
export type Session = Schemas["Session"];
export type SessionDetail = Schemas["SessionDetail"];
export type SessionState = Session["state"];
export type NewSession = Schemas["NewSession"];
export type SessionChange = Schemas["SessionEdit"];
export type Invite = Schemas["Invite"];
export type SessionInvite = Schemas["InviteLink"];
export type NewSessionInvite = Schemas["InviteOrder"];
export type RecordingSettings = Required<Pick<Schemas["RecordingSettings"], "audio" | "videoHeight" | "frameRate">> &
  Pick<Schemas["RecordingSettings"], "videoKbits" | "rawMic">;
export type RecordingLimit = Partial<Schemas["RecordingLimit"]>;
export type Participant = Schemas["Participant"];
export type Admission = Schemas["Admission"];
export type Permission = Schemas["Permission"];
export type RolePermissions = Schemas["RolePermissions"];
