import { classes } from "./classes";

const HEIGHTS = [5, 9, 13];

/** As on a phone: 1 to 3 bars of three. Its words stand beside it or are its button's. */
export function SignalBars({ bars, className }: { bars: 1 | 2 | 3; className?: string }) {
  return (
    <svg viewBox="0 0 16 16" className={classes("size-4 fill-current", className)} aria-hidden>
      {HEIGHTS.map((height, at) => (
        <rect
          key={height}
          x={1 + at * 5}
          y={15 - height}
          width="4"
          height={height}
          rx="1"
          opacity={at < bars ? 1 : 0.3}
        />
      ))}
    </svg>
  );
}
