import type { Ms } from "@greenroom/contract";

type Question =
  | { op: "open"; key: string }
  | { op: "size"; key: string }
  | { op: "read"; key: string; start: number; end: number }
  | { op: "digest"; key: string }
  | { op: "remove"; key: string }
  | { op: "list" }
  | { op: "wait"; ms: Ms };
type Order =
  | { op: "clock"; offsetMs: Ms }
  | { op: "pcm"; key: string; port: MessagePort; sampleRate: number; latencyMs: Ms }
  | { op: "append"; key: string; blob: Blob; untilMs: Ms }
  | { op: "finish"; key: string };

export type VaultRequest = (Question & { id: number }) | Order;
export type VaultEvent =
  | { event: "started"; key: string; startedAtMs: Ms }
  | { event: "appended"; key: string; size: number; untilMs: Ms }
  | { event: "closed"; key: string; size: number }
  | { event: "degraded"; key: string }
  | { event: "failed"; key: string; reason: string };
export type VaultAnswer = VaultEvent | { id: number; value?: unknown; error?: string };

/** The page's side of the storage worker. */
export interface Vault {
  open(key: string): Promise<number>;
  size(key: string): Promise<number>;
  read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** SHA-256 of all that is there, lower-case hex. */
  digest(key: string): Promise<string>;
  remove(key: string): Promise<void>;
  list(): Promise<string[]>;
  /** A timer that a hidden page does not slow down. */
  wait(ms: Ms): Promise<void>;
  order(order: Order, transfer?: Transferable[]): void;
  on(listener: (event: VaultEvent) => void): () => void;
}

export function openVault(): Vault {
  const worker = new Worker(new URL("./vault_worker.ts", import.meta.url), { type: "module", name: "greenroom-vault" });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(event: VaultEvent) => void>();
  let lastId = 0;

  worker.onmessage = ({ data }: MessageEvent<VaultAnswer>) => {
    if ("event" in data) {
      for (const listener of listeners) listener(data);
      return;
    }
    const question = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) question?.reject(new Error(data.error));
    else question?.resolve(data.value as never);
  };
  const ask = <T>(question: Question) =>
    new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      worker.postMessage({ ...question, id });
    });

  return {
    open: (key) => ask({ op: "open", key }),
    size: (key) => ask({ op: "size", key }),
    read: (key, start, end) => ask({ op: "read", key, start, end }),
    digest: (key) => ask({ op: "digest", key }),
    remove: (key) => ask({ op: "remove", key }),
    list: () => ask({ op: "list" }),
    wait: (ms) => ask({ op: "wait", ms }),
    order: (order, transfer = []) => worker.postMessage(order, transfer),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
