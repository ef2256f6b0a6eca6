import { describe, expect, it } from "vitest";
import { layoutTiles } from "./tile_layout";

describe("layoutTiles", () => {
  it("puts two people side by side on a wide screen and one above the other on a phone", () => {
    expect(layoutTiles(2, 1200, 600, 8).columns).toBe(2);
    expect(layoutTiles(2, 340, 600, 8).columns).toBe(1);
  });

  it("never overflows its box, for one to ten tiles", () => {
    for (const [width, height] of [
      [1280, 640],
      [360, 560],
      [900, 300],
      [3, 3],
    ] as const) {
      for (let count = 1; count <= 10; count++) {
        const tiles = layoutTiles(count, width, height, 8);
        expect(tiles.columns * tiles.rows).toBeGreaterThanOrEqual(count);
        expect(tiles.columns * tiles.width + (tiles.columns - 1) * 8).toBeLessThanOrEqual(Math.max(width, 80));
        expect(tiles.rows * tiles.height).toBeLessThanOrEqual(height);
      }
    }
  });
});
