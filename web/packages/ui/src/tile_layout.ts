/** How many columns give n tiles of 16:9 the largest size in this box? The sizes are whole pixels and never overflow. */
export interface TileLayout {
  columns: number;
  rows: number;
  width: number;
  height: number;
}

const RATIO = 16 / 9;

export function layoutTiles(count: number, boxWidth: number, boxHeight: number, gap: number): TileLayout {
  let best: TileLayout = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns) || 1;
    const widest = (boxWidth - gap * (columns - 1)) / columns;
    const tallest = (boxHeight - gap * (rows - 1)) / rows;
    const width = Math.max(0, Math.floor(Math.min(widest, tallest * RATIO)));
    if (width > best.width) best = { columns, rows, width, height: Math.floor(width / RATIO) };
  }
  return best;
}
