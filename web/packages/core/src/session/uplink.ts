import type { Ms } from "@greenroom/contract";
import type { CallSample } from "../uploader";
import { callLoad, type PacketCounts } from "./call_load";
import type { Room } from "./room";

export interface UplinkOptions {
  room: Pick<Room, "store" | "sendStats">;
  pacer: { hear(sample: CallSample): void; callOver(): void };
  sharing: () => boolean;
}

const LOOK_MS: Ms = 1_000;
const OVER = ["displaced", "refused", "closed"];

/**
 * Tells the uploads' pacer how the call is doing, once a second. There is a call while somebody else is here; while a
 * lost connection is looked for again, nothing new is said, so that uploads do not take the way that the call needs.
 */
export class Uplink {
  private readonly options: UplinkOptions;
  private readonly timer: ReturnType<typeof setInterval>;
  private before: PacketCounts | undefined;

  constructor(options: UplinkOptions) {
    this.options = options;
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.timer);
    this.options.pacer.callOver();
  }

  private async look(): Promise<void> {
    const { room, pacer, sharing } = this.options;
    const { connection, peers } = room.store.getState();
    if (OVER.includes(connection) || (connection === "connected" && peers.length === 0)) return pacer.callOver();
    if (connection !== "connected") return;
    const report = await room.sendStats().catch(() => undefined);
    if (!report || room.store.getState().connection !== "connected") return;
    const { sample, counts } = callLoad(report.values(), this.before);
    this.before = counts;
    pacer.hear({ ...sample, sharing: sharing() });
  }
}
