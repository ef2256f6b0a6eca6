import { expect, it } from "vitest";
import { asNewSession, newSessionValues, recordingWords, withKind } from "./session_fields";

it("leaves out what is left open", () => {
  expect(asNewSession({ ...newSessionValues(), title: "Pilot" })).toEqual({
    title: "Pilot",
    kind: "podcast",
    lobby: false,
    participantsMax: 10,
  });
});

it("says how it is recorded when that is not as usual", () => {
  const values = newSessionValues();
  const opus = { ...values.recording, audio: "opus" as const };
  expect(asNewSession({ ...values, recording: opus }).recording).toEqual(opus);
  const sharp = { ...values.recording, videoKbits: 20_000 };
  expect(asNewSession({ ...values, recording: sharp }).recording).toEqual(sharp);
  const unfiltered = { ...values.recording, rawMic: true };
  expect(asNewSession({ ...values, recording: unfiltered }).recording).toEqual(unfiltered);
  expect(recordingWords(unfiltered)).toBe("Lossless, 720p, 30 fps, also unfiltered");
});

it("takes the kind's number of people, but never over one that was chosen", () => {
  expect(withKind(newSessionValues(), "class").participantsMax).toBe(300);
  expect(withKind({ ...newSessionValues(), participantsMax: 4 }, "class").participantsMax).toBe(4);
});
