import { describe, expect, it } from "vitest";
import { type PlotLine, paths, scaleTop } from "./plot_lines";

const line = (...values: [number, number | undefined][]): PlotLine => ({
  label: "",
  points: values.map(([at, value]) => ({ at, value })),
});
const frame = { from: 0, until: 100, top: 10, gap: 25, width: 100, height: 10 };

describe("plot", () => {
  it("ends its scale at a round number that nothing exceeds", () => {
    expect([scaleTop([line([0, 1_234_000])], 1), scaleTop([line([0, 20])], 5), scaleTop([], 0.05)]).toEqual([
      2_000_000, 20, 0.05,
    ]);
  });

  it("runs from the bottom left to the top right, and no further", () => {
    expect(paths(line([0, 0], [25, 5], [50, 20]), frame)).toEqual({
      line: "M0 10L25 5L50 0",
      area: "M0 10L25 5L50 0L50 10L0 10Z",
    });
  });

  it("is broken where nothing was measured", () => {
    expect(paths(line([0, 1], [10, undefined], [20, 1], [60, 2], [80, 2]), frame).line).toBe("M0 9L20 9M60 8L80 8");
    expect(paths(line([-10, 1], [50, 1]), frame).line).toBe("M50 9");
    expect(paths(line(), frame)).toEqual({ line: "", area: "" });
  });
});
