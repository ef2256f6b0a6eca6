import type { Recording } from "./recording";

const LEDGER = "greenroom";

/** Asked on every page, so it loads the recorder's code only where something was ever recorded. */
export async function openUnfinished(): Promise<Recording | undefined> {
  const known = await indexedDB.databases?.().catch(() => undefined);
  if (known && !known.some((database) => database.name === LEDGER)) return undefined;
  const { hasUnfinished, openRecording } = await import("./recording");
  return (await hasUnfinished()) ? openRecording() : undefined;
}
