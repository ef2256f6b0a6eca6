import { type Api, ApiError } from "@greenroom/contract";
import type { StemRecord } from "../recorder/ledger";

/** A new token for a stem whose old one has expired. */
export async function renewToken(api: (token: string) => Api, record: StemRecord): Promise<string> {
  if (record.inviteToken) return (await api("").joinInvite(record.inviteToken, "", record.token)).token;
  return (await api("").joinSession(record.sessionId)).token;
}

export function reasonOf(error: unknown): "transient" | "gone" | "refused" {
  const status = error instanceof ApiError ? error.status : ((error as { status?: number }).status ?? 0);
  return reasonOfStatus(status);
}

export function reasonOfStatus(status: number): "transient" | "gone" | "refused" {
  if (status === 404 || status === 410) return "gone";
  // 401 is answered by a new token, 409 (offset) by asking for the offset again: both are worth another try.
  const retry = status === 0 || status === 401 || status === 408 || status === 409 || status === 423 || status === 429;
  return retry || status >= 500 ? "transient" : "refused";
}
