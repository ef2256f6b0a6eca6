import type { AuditEntry } from "@greenroom/contract";
import { en } from "../../i18n/en";

export const AREAS = ["signIn", "people", "sessions", "other"] as const;
export type Area = (typeof AREAS)[number];

/** "member.role_changed" is about people, "login.succeeded" about signing in. */
export function areaOf(action: string): Area {
  const noun = action.split(".")[0] ?? "";
  if (/^(login|logout|password|two_factor|magic_link|identity|email|token|register|account|user)/.test(noun))
    return "signIn";
  if (/^(member|invitation|workspace|api_key|setup)/.test(noun)) return "people";
  if (/^(session|project|participant|invite|take|asset)/.test(noun)) return "sessions";
  return "other";
}

/** In words where we have them; an action that is newer than this page says its own name. */
export function wordsOf(action: string): string {
  const words = en as Record<string, string>;
  return words[`action.${action}`] ?? action.replace(/[._]/g, " ");
}

/** The audit log names things by their ids, which never change; people want the names they have now. */
export type Names = (id: string) => string | undefined;

export function filterAudit(entries: AuditEntry[], area: Area | "all", text: string, nameOf: Names): AuditEntry[] {
  const wanted = text.trim().toLocaleLowerCase();
  return entries.filter((entry) => {
    if (area !== "all" && areaOf(entry.action) !== area) return false;
    const { actor, action, subject, detail, address } = entry;
    const haystack = [actor?.name, wordsOf(action), action, subject, nameOf(subject), detail, address];
    return haystack.join(" ").toLocaleLowerCase().includes(wanted);
  });
}
