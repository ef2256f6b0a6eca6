import { expect, it } from "vitest";
import { areaOf, filterAudit, wordsOf } from "./audit_words";

const entry = (id: string, actor: string, action: string, subject = "") => ({
  id,
  at: "2026-03-03T12:00:00Z",
  actor,
  action,
  subject,
});
const entries = [
  entry("1", "Ana", "login.succeeded"),
  entry("2", "Ben", "session.created", "Deep Sea Radio"),
  entry("3", "Ana", "member.role_changed", "Ben"),
];

it("filters by area and by words of any kind", () => {
  expect(filterAudit(entries, "people", "").map(({ id }) => id)).toEqual(["3"]);
  expect(filterAudit(entries, "all", "deep sea").map(({ id }) => id)).toEqual(["2"]);
  expect(filterAudit(entries, "all", "BEN").map(({ id }) => id)).toEqual(["2", "3"]);
});

it("has an area and words for actions it has never heard of", () => {
  expect(areaOf("kettle.boiled")).toBe("other");
  expect(wordsOf("kettle.boiled_over")).toBe("kettle boiled over");
});
