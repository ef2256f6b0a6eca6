import type { Studio } from "@greenroom/core/session";
import { takeTime } from "@greenroom/core/timeline";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

const REDRAW_MS = 250;

/** How much of the take there is by the server's clock; stands still while it is paused and when it has stopped. */
export function useTakeClock(studio: Studio): number {
  const { take, phase } = useStore(studio.store);
  const [now, setNow] = useState(() => studio.clock.now());
  const running = phase === "recording";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(studio.clock.now()), REDRAW_MS);
    return () => clearInterval(timer);
  }, [studio, running]);
  return take ? takeTime(take, now) : 0;
}
