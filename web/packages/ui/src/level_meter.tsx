import { useEffect, useRef } from "react";
import { classes } from "./classes";

const SEGMENTS = 24;
const FLOOR_DB = -60;
const FALL_PER_SECOND = 1.6;

interface LevelMeterProps {
  /** Peak 0..1 at this instant; read once per drawn frame. */
  read: () => number;
  label: string;
  testid?: string;
  className?: string;
}

/** A level meter that draws itself outside React: quick to rise, slow to fall, as ears expect. */
export function LevelMeter({ read, label, testid, className }: LevelMeterProps) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => drawEachFrame(bar, read), [read]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn in segments
    <div
      ref={bar}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      data-testid={testid}
      data-level="0"
      className={classes("flex h-3 items-stretch gap-0.5", className)}
    >
      {Array.from({ length: SEGMENTS }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the segments never change places
        <span key={index} className="flex-1 rounded-full bg-accent opacity-15" />
      ))}
    </div>
  );
}

function drawEachFrame(bar: { current: HTMLDivElement | null }, read: () => number): () => void {
  let shown = 0;
  let before = performance.now();
  let frame = 0;
  let announced = -1;
  const draw = (now: number) => {
    const fallen = shown - ((now - before) / 1_000) * FALL_PER_SECOND;
    before = now;
    shown = Math.max(0, fallen, loudness(read()));
    const element = bar.current;
    const lit = Math.round(shown * SEGMENTS);
    if (element && lit !== announced) {
      announced = lit;
      show(element, lit);
    }
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  return () => cancelAnimationFrame(frame);
}

function show(element: HTMLDivElement, lit: number): void {
  element.dataset.level = String(Math.round((lit / SEGMENTS) * 100));
  element.setAttribute("aria-valuenow", element.dataset.level);
  for (const [index, segment] of [...element.children].entries()) {
    (segment as HTMLElement).style.opacity = index < lit ? "1" : "";
  }
}

/** Peak to 0..1 over 60 dB. */
function loudness(peak: number): number {
  if (peak <= 0) return 0;
  return Math.max(0, Math.min(1, 1 - (20 * Math.log10(peak)) / FLOOR_DB));
}
