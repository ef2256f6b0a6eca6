import type { ClientEvents, Refresher, ServerEvents } from "@greenroom/contract";
import { io, type Socket } from "socket.io-client";

/** What the server answered instead of a result. */
export class SignalingError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.name = "SignalingError";
    this.code = code;
  }
}

/** The realtime conversation, typed by the contract. Socket.IO is behind it; tests put a fake there. */
export interface Signaling {
  request<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E][0]): Promise<ClientEvents[E][1]>;
  /** Without waiting, dropped when not connected: for progress that the next one replaces. */
  tell<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E][0]): void;
  on<E extends keyof ServerEvents>(event: E, listener: (data: ServerEvents[E]) => void): () => void;
  /** Called at every connection, the first and each later one; at once when already connected. */
  onConnected(listener: () => void): () => void;
  onDisconnected(listener: (reason: string) => void): () => void;
  onRefused(listener: (message: string) => void): () => void;
  connected(): boolean;
  close(): void;
}

const ACKNOWLEDGEMENT_TIMEOUT_MS = 10_000;

/** Who speaks: a participant by their token, or a signed-in user by cookies, which are renewed before they are used. */
export type Speaker = { token: string } | { renew: Pick<Refresher, "freshen" | "refresh"> };

export function connectSignaling(origin: string, speaker: Speaker): Signaling {
  const socket: Socket = io(origin, {
    auth: "token" in speaker ? { token: speaker.token } : {},
    transports: ["websocket", "polling"],
    withCredentials: true,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
    forceNew: true,
    autoConnect: "token" in speaker,
  });
  const stopRenewing = "renew" in speaker ? connectByCookie(socket, speaker.renew) : undefined;
  const signaling = wrap(socket);
  return {
    ...signaling,
    close: () => {
      stopRenewing?.();
      signaling.close();
    },
  };
}

/**
 * Cookies travel with the handshake and may run out while the tab sleeps. A refusal by the server (which, unlike a lost
 * network, socket.io does not try again by itself) is answered with new cookies and one more try.
 */
function connectByCookie(socket: Socket, renew: Pick<Refresher, "freshen" | "refresh">): () => void {
  let stopped = false;
  let refusals = 0;
  const connect = () => {
    if (!stopped) socket.connect();
  };
  socket.on("connect", () => {
    refusals = 0;
  });
  socket.on("connect_error", () => {
    if (socket.active || refusals++ > 0) return;
    socket.close();
    void renew.refresh(Date.now()).then((answer) => answer === "renewed" && connect());
  });
  void renew.freshen().then(connect, connect);
  return () => {
    stopped = true;
  };
}

function wrap(socket: Socket): Signaling {
  const listen = (target: { on: Socket["on"]; off: Socket["off"] }, event: string, listener: (data: never) => void) => {
    target.on(event, listener as never);
    return () => {
      target.off(event, listener as never);
    };
  };
  return {
    request: async (event, payload) => {
      const answer = await socket.timeout(ACKNOWLEDGEMENT_TIMEOUT_MS).emitWithAck(event, payload);
      return resultOf(answer);
    },
    tell: (event, payload) => {
      if (socket.connected) socket.emit(event, payload);
    },
    on: (event, listener) => listen(socket, event, listener as never),
    onConnected: (listener) => {
      if (socket.connected) queueMicrotask(listener);
      return listen(socket, "connect", listener);
    },
    onDisconnected: (listener) => listen(socket, "disconnect", listener as never),
    onRefused: (listener) => listen(socket, "connect_error", ((error: Error) => listener(error.message)) as never),
    connected: () => socket.connected,
    close: () => socket.close(),
  };
}

function resultOf<T>(answer: unknown): T {
  const failed = answer as { error?: unknown; code?: string } | undefined;
  if (failed && typeof failed === "object" && failed.error !== undefined) {
    const detail = failed.error as { message?: string; code?: string } | string;
    const message = typeof detail === "string" ? detail : (detail.message ?? "refused");
    throw new SignalingError(
      message,
      failed.code ?? (typeof detail === "string" ? "unknown" : (detail.code ?? "unknown")),
    );
  }
  return answer as T;
}
