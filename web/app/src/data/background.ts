import type { UploadItem, Uploads } from "@greenroom/core/uploader";
import { createStore } from "zustand/vanilla";
import workerUrl from "../background/service_worker.ts?worker&url";
import { FINISH, FINISH_TAG } from "../background/words";

/**
 * What becomes of uploads when the last tab is closed. A service worker gets minutes, not hours, so only what fits into
 * them is promised; what does not is kept and goes on at the next visit.
 */
interface Background {
  registration?: Registration;
}
type Registration = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

export const background = createStore<Background>(() => ({}));

/** Chromium ends an event of a service worker after five minutes; half of it is a promise that is kept. */
const PROMISED_SECONDS = 150;

export function isClosable(items: UploadItem[]): boolean {
  if (!background.getState().registration?.active) return false;
  const open = items.filter(({ phase }) => phase !== "done" && phase !== "elsewhere");
  if (open.some(({ closed, phase }) => !closed || phase === "refused")) return false;
  const left = open.reduce((sum, item) => sum + Math.max(0, item.localBytes - item.confirmedBytes), 0);
  const speed = open.reduce((sum, item) => sum + (item.bytesPerSecond ?? 0), 0);
  return left === 0 || left < speed * PROMISED_SECONDS;
}

/** Only browsers with Background Sync let a service worker run on after its pages have gone. */
export async function prepareBackground(uploads: Uploads): Promise<void> {
  if (!("serviceWorker" in navigator) || !("SyncManager" in globalThis)) return;
  try {
    const registration: Registration = await navigator.serviceWorker.register(workerUrl, { type: "module" });
    handOverAtTheEnd(uploads, registration);
    await activated(registration);
    background.setState({ registration });
  } catch {
    // Without it nothing is promised.
  }
}

function handOverAtTheEnd(uploads: Uploads, registration: Registration): void {
  const owes = () => uploads.store.getState().items.some(({ phase }) => phase !== "done");
  addEventListener("pagehide", () => {
    if (!owes()) return;
    registration.active?.postMessage(FINISH);
    // Where the line is down: when it is back.
    registration.sync?.register(FINISH_TAG).catch(() => undefined);
  });
}

function activated({ active, waiting, installing }: ServiceWorkerRegistration): Promise<void> {
  const worker = active ?? waiting ?? installing;
  return new Promise((resolve) => {
    const look = () => worker?.state === "activated" && resolve();
    worker?.addEventListener("statechange", look);
    look();
  });
}
