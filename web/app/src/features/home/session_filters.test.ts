import { expect, it } from "vitest";
import { isFiltering, matchesTitle, NO_FILTERS } from "./session_filters";

it("finds titles by any of their words", () => {
  expect(matchesTitle("Deep Sea Radio #12", "radio deep")).toBe(true);
  expect(matchesTitle("Deep Sea Radio #12", "radio 13")).toBe(false);
  expect(matchesTitle("Deep Sea Radio #12", "  ")).toBe(true);
});

it("knows when there is nothing to filter", () => {
  expect(isFiltering(NO_FILTERS)).toBe(false);
  expect(isFiltering({ text: " " })).toBe(false);
  expect(isFiltering({ text: "", kind: "class" })).toBe(true);
});
