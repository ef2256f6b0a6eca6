import { expect, it } from "vitest";
import { areaOf, filterAudit, wordsOf } from "./audit_words";

const entry = (id: string, actor: string, action: string, subject = "") => ({
  id,
  at: "2026-03-03T12:00:00Z",
  actor: { id: actor, name: actor },
  action,
  subject,
  detail: "",
});
const nameOf = (id: string) => (id === "s1" ? "Deep Sea Radio" : undefined);
const entries = [
  entry("1", "Ana", "login.began"),
  entry("2", "Ben", "session.created", "s1"),
  entry("3", "Ana", "member.role", "Ben"),
];

it("filters by area and by words of any kind", () => {
  expect(filterAudit(entries, "people", "", nameOf).map(({ id }) => id)).toEqual(["3"]);
  expect(filterAudit(entries, "all", "deep sea", nameOf).map(({ id }) => id)).toEqual(["2"]);
  expect(filterAudit(entries, "all", "BEN", nameOf).map(({ id }) => id)).toEqual(["2", "3"]);
});

it("has an area and words for actions it has never heard of", () => {
  expect(areaOf("kettle.boiled")).toBe("other");
  expect(wordsOf("kettle.boiled_over")).toBe("kettle boiled over");
});
