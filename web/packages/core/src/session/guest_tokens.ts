import { openDB } from "idb";

/**
 * A guest who comes back (reload, crash, another day) is the same participant: the last token of this link proves it.
 * It is in storage before anything is recorded under it. What a page puts into localStorage a browser may write minutes
 * later, and one that is killed before that would bring back somebody else of the same name.
 */
const open = (name: string) => openDB(name, 1, { upgrade: (fresh) => void fresh.createObjectStore("tokens") });

const DATABASE = "greenroom-guests";

export async function previousToken(inviteToken: string, name = DATABASE): Promise<string | undefined> {
  try {
    const database = await open(name);
    const token: string | undefined = await database.get("tokens", inviteToken);
    database.close();
    return token;
  } catch {
    return undefined;
  }
}

export async function rememberToken(inviteToken: string, participantToken: string, name = DATABASE): Promise<void> {
  try {
    const database = await open(name);
    const transaction = database.transaction("tokens", "readwrite", { durability: "strict" });
    await transaction.store.put(participantToken, inviteToken);
    await transaction.done;
    database.close();
  } catch {
    // Without storage the guest is a new participant next time; the recording itself is kept elsewhere.
  }
}
