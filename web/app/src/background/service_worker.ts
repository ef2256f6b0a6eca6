import { createApi } from "@greenroom/contract";
import { finishLeft } from "@greenroom/core/background";
import { FINISH, FINISH_TAG } from "./words";

/**
 * Runs when no page does: sends what the last one left. It answers no requests of pages, keeps no cache and shows
 * nothing; a page that opens takes the work back.
 */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Worker {
  clients: { matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<unknown[]> };
  skipWaiting(): Promise<void>;
  addEventListener(event: "install", listener: () => void): void;
  addEventListener(event: "message", listener: (event: Lasting & { data: unknown }) => void): void;
  addEventListener(event: "sync", listener: (event: Lasting & { tag: string }) => void): void;
}

/** Of the five minutes that Chromium gives to one event. */
const LIMIT_MS = 4.5 * 60_000;

const worker = globalThis as unknown as Worker;
const { origin } = location;
let running: Promise<boolean> | undefined;

function finish(): Promise<boolean> {
  running ??= finishLeft({
    origin,
    api: (token) => createApi({ origin, token: () => token }),
    pageOpen: async () => (await worker.clients.matchAll({ type: "window", includeUncontrolled: true })).length > 0,
    limitMs: LIMIT_MS,
  }).finally(() => {
    running = undefined;
  });
  return running;
}

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("message", (event) => {
  if (event.data === FINISH) event.waitUntil(finish());
});
worker.addEventListener("sync", (event) => {
  if (event.tag === FINISH_TAG) event.waitUntil(finish().then(comeAgain));
});

/** A sync that fails is repeated by the browser after a while. */
function comeAgain(everythingSent: boolean): void {
  if (!everythingSent) throw new Error("not everything has been sent yet");
}
