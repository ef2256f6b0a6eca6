import type { Session } from "@greenroom/contract";
import { expect, it } from "vitest";
import { sortSessions } from "./sort_sessions";

const NOW = Date.parse("2026-03-03T12:00:00Z");
const session = (id: string, state: Session["state"], more: Partial<Session> = {}): Session => ({
  id,
  title: id,
  kind: "podcast",
  state,
  createdAt: "2026-03-01T12:00:00Z",
  lobby: false,
  participantsMax: 10,
  recording: { audio: "lossless", videoHeight: 720, frameRate: 30 },
  revision: 1,
  ...more,
});

it("shows what runs first, then the nearest, and leaves the rest to the past", () => {
  const { next, recent } = sortSessions(
    [
      session("old", "ready"),
      session("newer", "processing", { createdAt: "2026-03-02T12:00:00Z" }),
      session("tomorrow", "scheduled", { scheduledAt: "2026-03-04T12:00:00Z" }),
      session("soon", "scheduled", { scheduledAt: "2026-03-03T12:25:00Z" }),
      session("running", "live"),
    ],
    NOW,
  );
  expect(next.map(({ id }) => id)).toEqual(["running", "soon", "tomorrow"]);
  expect(recent.map(({ id }) => id)).toEqual(["newer", "old"]);
});
