import { expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "./local_time";

it("goes there and back by the wall clock", () => {
  const iso = new Date(2026, 10, 5, 9, 30).toISOString();
  expect(toLocalInput(iso)).toBe("2026-11-05T09:30");
  expect(fromLocalInput("2026-11-05T09:30")).toBe(iso);
});

it("is nothing where there is no time", () => {
  expect(toLocalInput(null)).toBe("");
  expect(fromLocalInput("")).toBeNull();
  expect(fromLocalInput("soon")).toBeNull();
});
