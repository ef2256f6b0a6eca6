import type { components } from "./openapi";

type Schemas = components["schemas"];

/** Milliseconds; on the server's clock since 1970 where the name ends in `AtMs`. */
export type Ms = number & { readonly __unit?: "ms" };

export type Problem = Schemas["Problem"];
export type Me = Schemas["Account"];
export type Session = Schemas["Session"];
export type SessionDetail = Schemas["SessionDetail"];
export type SessionState = Session["state"];
export type Participant = Schemas["Participant"];
export type Take = Schemas["Take"];
export type Stem = Schemas["Stem"];
export type Source = Stem["source"];
export type Asset = Schemas["Asset"];
export type Job = Schemas["JobView"];
export type Admission = Schemas["Admission"];
export type Invite = Schemas["Invite"];
