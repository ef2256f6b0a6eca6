import { expect, it } from "vitest";
import { mergeEdits } from "./merge_edits";

const base = { title: "Pilot", lobby: false, lengthMinutes: 60 as number | undefined };

it("keeps what either of the two has changed", () => {
  const { merged, conflicts } = mergeEdits(base, { ...base, title: "Pilot, part 1" }, { ...base, lobby: true });
  expect(merged).toEqual({ title: "Pilot, part 1", lobby: true, lengthMinutes: 60 });
  expect(conflicts).toEqual([]);
});

it("names what both have changed differently and keeps mine", () => {
  const { merged, conflicts } = mergeEdits(base, { ...base, title: "Mine" }, { ...base, title: "Theirs" });
  expect(merged.title).toBe("Mine");
  expect(conflicts).toEqual(["title"]);
});

it("agrees when both did the same", () => {
  const both = { ...base, lengthMinutes: undefined };
  expect(mergeEdits(base, both, both)).toEqual({ merged: both, conflicts: [] });
});
