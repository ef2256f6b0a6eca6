import { type Api, ApiError } from "@greenroom/contract";
import type { StemRecord } from "../recorder/ledger";

/** What went wrong last, as far as it can be told: to be put in words where it is shown. */
export interface UploadTrouble {
  /** 0: the server did not answer. */
  status: number;
  code?: string;
}

/** A new token for a stem whose old one has expired: the same participant's, long after the session, without an account. */
export async function renewToken(api: (token: string) => Api, record: StemRecord): Promise<string> {
  return (await api("").renewParticipantToken(record.token)).token;
}

export function troubleOf(error: unknown): UploadTrouble {
  if (error instanceof ApiError) return { status: error.status, code: error.code };
  return { status: (error as { status?: number }).status ?? 0 };
}

export function reasonOf(error: unknown): "transient" | "gone" | "refused" {
  return reasonOfStatus(troubleOf(error).status);
}

function reasonOfStatus(status: number): "transient" | "gone" | "refused" {
  if (status === 404 || status === 410) return "gone";
  // 401 is answered by a new token, 409 (offset) by asking for the offset again: both are worth another try.
  const retry = status === 0 || status === 401 || status === 408 || status === 409 || status === 423 || status === 429;
  return retry || status >= 500 ? "transient" : "refused";
}
