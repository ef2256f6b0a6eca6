import type { Api, Ms } from "@greenroom/contract";
import { openFileVault } from "../recorder/file_vault";
import { type Ledger, openLedger } from "../recorder/ledger";
import { tusTransfer, Uploads, verifyByHead } from "../uploader";

export interface FinishOptions {
  uploads: Pick<Uploads, "recover" | "close" | "store">;
  ledger: Pick<Ledger, "all">;
  /** Whether a page of ours is open: it knows better, and somebody watches it. */
  pageOpen: () => Promise<boolean>;
  /** Browsers end a service worker that takes longer. */
  limitMs: Ms;
}

/** A page that is only reloaded is back by then, and finishes by itself. */
const GRACE_MS = 2_000;
const LOOK_MS = 500;

/**
 * After the last page has gone: sends what it left, with the same uploads as a page, and stops as soon as a page is
 * back. True when nothing is left that the server would take.
 */
export async function finishInBackground(options: FinishOptions): Promise<boolean> {
  const { uploads, ledger, pageOpen, limitMs } = options;
  await pause(GRACE_MS);
  if (await pageOpen()) return false;
  await uploads.recover();
  const refused = () => uploads.store.getState().items.filter(({ phase }) => phase === "refused").length;
  let left = true;
  for (let spent = GRACE_MS; left && spent < limitMs; spent += LOOK_MS) {
    left = (await ledger.all()).length > refused();
    if (!left || (await pageOpen())) break;
    await pause(LOOK_MS);
  }
  uploads.close();
  return !left;
}

/** The same, of what pages of this origin have left in this browser. */
export async function finishLeft(
  options: Pick<FinishOptions, "pageOpen" | "limitMs"> & { origin: string; api: (token: string) => Api },
): Promise<boolean> {
  const [vault, ledger] = await Promise.all([openFileVault(), openLedger()]);
  const { origin, api, ...rest } = options;
  const uploads = new Uploads({ origin, api, vault, ledger, transfer: tusTransfer, verify: verifyByHead });
  return finishInBackground({ ...rest, uploads, ledger });
}

function pause(ms: Ms): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
