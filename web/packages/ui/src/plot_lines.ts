export interface PlotLine {
  label: string;
  points: { at: number; value: number | undefined }[];
}

interface Frame {
  from: number;
  until: number;
  top: number;
  gap: number;
  width: number;
  height: number;
}

/** A round number above everything: 1, 2 or 5 times a power of ten. */
export function scaleTop(lines: PlotLine[], least: number): number {
  const most = lines.flatMap(({ points }) => points).reduce((top, { value }) => Math.max(top, value ?? 0), least);
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((times) => times * power >= most * (1 - Number.EPSILON)) ?? 10;
  return step * power;
}

/** SVG path data of the line, and of the area beneath it; both in pieces where nothing was measured. */
export function paths({ points }: PlotLine, frame: Frame): { line: string; area: string } {
  const { from, until, top, width, height } = frame;
  const x = (at: number) => round(((at - from) / Math.max(1, until - from)) * width);
  const y = (value: number) => round(height - (Math.min(value, top) / top) * height);
  const drawn = pieces(points, frame).map((piece) => ({
    line: `M${piece.map(({ at, value }) => `${x(at)} ${y(value)}`).join("L")}`,
    first: x((piece[0] as Point).at),
    last: x((piece.at(-1) as Point).at),
  }));
  return {
    line: drawn.map(({ line }) => line).join(""),
    area: drawn.map(({ line, first, last }) => `${line}L${last} ${height}L${first} ${height}Z`).join(""),
  };
}

interface Point {
  at: number;
  value: number;
}

function pieces(points: PlotLine["points"], { from, until, gap }: Frame): Point[][] {
  const all: Point[][] = [];
  let latest: number | undefined;
  for (const { at, value } of points) {
    if (value === undefined || at < from || at > until) continue;
    const continued = latest !== undefined && at - latest <= gap;
    if (continued) all.at(-1)?.push({ at, value });
    else all.push([{ at, value }]);
    latest = at;
  }
  return all;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
