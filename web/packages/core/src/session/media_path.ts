import type { types } from "mediasoup-client";
import type { Signaling } from "./signaling";

/** What of a mediasoup-client transport is needed to keep it going. */
export interface MediaPath {
  readonly id: string;
  on(event: "connectionstatechange", listener: (state: types.ConnectionState) => void): unknown;
  observer: { on(event: "close", listener: () => void): unknown };
  restartIce(options: { iceParameters: types.IceParameters }): Promise<void>;
}

/** A new way is found within two or three round trips, or there is none and a fresh join is quicker than waiting. */
const RESTART_PATIENCE_MS = 4_000;

/**
 * Looks for the way anew (RFC 8445 §9) when media no longer gets through: another network, a NAT that forgot us, UDP that
 * is no longer let through. What was sent and received goes on over it. `onBroken` when there is none.
 */
export function keepPath(
  path: MediaPath,
  signaling: Pick<Signaling, "request">,
  onBroken: (why: string) => void,
): void {
  let patience: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const restart = async () => {
    const { iceParameters } = await signaling.request("restartIce", { transportId: path.id });
    if (!closed) await path.restartIce({ iceParameters: iceParameters as types.IceParameters });
  };
  path.on("connectionstatechange", (state) => {
    clearTimeout(patience);
    if (state === "failed") onBroken("media connection failed");
    if (state !== "disconnected") return;
    patience = setTimeout(() => onBroken("media connection lost"), RESTART_PATIENCE_MS);
    // Without signaling there is no restart; the old way may still come back in time.
    restart().catch(() => undefined);
  });
  path.observer.on("close", () => {
    closed = true;
    clearTimeout(patience);
  });
}
