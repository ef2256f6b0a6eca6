import { expect, it } from "vitest";
import { asNewSession, newSessionValues, withKind } from "./session_fields";

it("leaves out what is left open", () => {
  expect(asNewSession({ ...newSessionValues(), title: "Pilot" })).toEqual({
    title: "Pilot",
    kind: "podcast",
    lobby: false,
    participantsMax: 10,
  });
});

it("takes the kind's number of people, but never over one that was chosen", () => {
  expect(withKind(newSessionValues(), "class").participantsMax).toBe(300);
  expect(withKind({ ...newSessionValues(), participantsMax: 4 }, "class").participantsMax).toBe(4);
});
