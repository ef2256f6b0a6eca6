import { type Ledger, openLedger, openVault, type Vault } from "@greenroom/core/recorder";
import { tusTransfer, Uploads, verifyByHead } from "@greenroom/core/uploader";
import { participantApi } from "./api";
import { prepareBackground } from "./background";

/** What this browser has recorded and still owes the server; one per page, loaded when it is needed. */
export interface Recording {
  vault: Vault;
  ledger: Ledger;
  uploads: Uploads;
}

let opened: Promise<Recording> | undefined;

export function openRecording(): Promise<Recording> {
  opened ??= open();
  return opened;
}

/** Whether an earlier visit left something, or this one has begun to record. */
export async function hasUnfinished(): Promise<boolean> {
  return opened !== undefined || (await (await openLedger()).all()).length > 0;
}

async function open(): Promise<Recording> {
  const vault = openVault();
  const ledger = await openLedger();
  const uploads = new Uploads({
    origin: location.origin,
    vault,
    ledger,
    api: participantApi,
    transfer: tusTransfer,
    verify: verifyByHead,
  });
  await uploads.recover();
  void prepareBackground(uploads);
  return { vault, ledger, uploads };
}
