import type { Studio } from "@greenroom/core/session";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

const REDRAW_MS = 250;

/** Milliseconds since the take's start on the server's clock; stands still when it has stopped. */
export function useTakeClock(studio: Studio): number {
  const { take, phase } = useStore(studio.store);
  const [now, setNow] = useState(() => studio.clock.now());
  const running = phase === "recording";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(studio.clock.now()), REDRAW_MS);
    return () => clearInterval(timer);
  }, [studio, running]);
  if (!take) return 0;
  return Math.max(0, (take.stoppedAtMs ?? now) - take.startedAtMs);
}
