import { type PlotLine, paths, scaleTop } from "./plot_lines";

interface PlotProps {
  title: string;
  /** The latest value in words, large beside the title. */
  now: string;
  /** All of it in one sentence, for who does not see it. */
  summary: string;
  lines: PlotLine[];
  /** In the lines' own time unit. */
  from: number;
  until: number;
  /** Lines broken where nothing was measured for longer than this. */
  gap: number;
  /** The scale reaches at least this high, so that small things stay small. */
  least: number;
  format: (value: number) => string;
  /** "5 min ago" and "now". */
  ends: [string, string];
  testid?: string;
}

const WIDTH = 320;
const HEIGHT = 64;

/** A course over time, drawn as plain lines. The first one is the one that matters and filled, others are quieter. */
export function Plot({ title, now, summary, lines, from, until, gap, least, format, ends, testid }: PlotProps) {
  const top = scaleTop(lines, least);
  const drawn = lines.map((line) => paths(line, { from, until, top, gap, width: WIDTH, height: HEIGHT }));
  return (
    <figure data-testid={testid}>
      <figcaption className="flex items-baseline justify-between gap-4 text-sm">
        <span className="text-text-quiet">{title}</span>
        <span className="numbers font-strong">{now}</span>
      </figcaption>
      <div className="relative mt-2">
        <svg
          role="img"
          aria-label={summary}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="block h-16 w-full overflow-visible"
        >
          {[0, HEIGHT / 2, HEIGHT].map((y) => (
            <path key={y} d={`M0 ${y}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
          ))}
          {drawn.map(({ line, area }, at) => (
            <g key={lines[at]?.label} className={at === 0 ? "text-accent" : "text-text-quiet"}>
              {at === 0 && <path d={area} className="fill-current" opacity="0.14" />}
              <path
                d={line}
                fill="none"
                className="stroke-current"
                strokeWidth="1.5"
                strokeLinejoin="round"
                strokeDasharray={at === 0 ? undefined : "4 3"}
                vectorEffect="non-scaling-stroke"
              />
            </g>
          ))}
        </svg>
        <span
          className="numbers absolute top-0 left-0 -translate-y-1/2 bg-surface pr-1 text-xs text-text-quiet"
          aria-hidden
        >
          {format(top)}
        </span>
      </div>
      <div className="mt-1 flex justify-between text-xs text-text-quiet" aria-hidden>
        <span>{ends[0]}</span>
        <span className="flex gap-3">
          {lines.length > 1 &&
            lines.map(({ label }, at) => (
              <span key={label} className="inline-flex items-center gap-1.5">
                <svg viewBox="0 0 12 2" className={at === 0 ? "h-0.5 w-3 text-accent" : "h-0.5 w-3"} aria-hidden>
                  <path
                    d="M0 1H12"
                    className="stroke-current"
                    strokeWidth="2"
                    strokeDasharray={at === 0 ? undefined : "3 2"}
                  />
                </svg>
                {label}
              </span>
            ))}
        </span>
        <span>{ends[1]}</span>
      </div>
    </figure>
  );
}
