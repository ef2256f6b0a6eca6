import type { Ms, Source } from "@greenroom/contract";
import { type IDBPDatabase, openDB } from "idb";

/** Everything needed to finish a stem from nothing but this browser's storage. Kept until the server has all of it. */
export interface StemRecord {
  /** Chosen here, also the server's `clientKey`: creating the stem twice gives the same stem. */
  key: string;
  takeId: string;
  takeStartedAtMs: Ms;
  sessionId: string;
  sessionTitle: string;
  participantId: string;
  token: string;
  inviteToken?: string;
  /** The server's `clientKey` where it is not the key: what is sent anew is another stem to the server. */
  sendKey?: string;
  source: Source;
  contentType: string;
  startedAtMs: Ms;
  sampleRate?: number;
  channels?: number;
  width?: number;
  height?: number;
  closed: boolean;
  stemId?: string;
  uploadUrl?: string;
}

export interface Ledger {
  put(record: StemRecord): Promise<void>;
  update(key: string, change: Partial<StemRecord>): Promise<void>;
  remove(key: string): Promise<void>;
  all(): Promise<StemRecord[]>;
}

export async function openLedger(name = "greenroom"): Promise<Ledger> {
  const database: IDBPDatabase = await openDB(name, 1, {
    upgrade: (fresh) => void fresh.createObjectStore("stems", { keyPath: "key" }),
  });
  return {
    put: async (record) => void (await database.put("stems", record)),
    update: async (key, change) => {
      const transaction = database.transaction("stems", "readwrite");
      const record = await transaction.store.get(key);
      if (record) await transaction.store.put({ ...record, ...change });
      await transaction.done;
    },
    remove: (key) => database.delete("stems", key),
    all: () => database.getAll("stems"),
  };
}
