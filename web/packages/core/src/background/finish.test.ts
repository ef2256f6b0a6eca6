import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeDisk, FakePage } from "../testing/fake_browser";
import { FakeUploadServer } from "../testing/fake_upload_server";
import { Uploads } from "../uploader/uploads";
import { finishInBackground } from "./finish";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const STEM = {
  key: "stem",
  takeId: "take",
  takeStartedAtMs: 0,
  sessionId: "session",
  sessionTitle: "Deep Sea Radio",
  participantId: "ana",
  token: "token",
  source: "mic" as const,
  contentType: "audio/x-greenroom-pcm",
  startedAtMs: 0,
  closed: false,
};

/** What a page left behind that was closed in the middle. */
async function leftBehind(bytes: number) {
  const [disk, server] = [new FakeDisk(), new FakeUploadServer(1)];
  const { vault, ledger } = new FakePage(disk);
  await ledger.put(STEM);
  await disk.bytes.append("stem", new Uint8Array(bytes));
  const { api, transfer, verify } = server;
  const uploads = new Uploads({ origin: "http://studio", vault, ledger, api, transfer, verify });
  return { disk, server, uploads, ledger };
}

it("finishes what a closed page left, and says that nothing is left", async () => {
  const { disk, server, uploads, ledger } = await leftBehind(1_000);
  const finished = finishInBackground({ uploads, ledger, pageOpen: async () => false, limitMs: 60_000 });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await finished).toBe(true);
  expect(server.uploads.get("/uploads/take-stem")?.length).toBe(1_000);
  expect(disk.records.size).toBe(0);
});

it("lets go as soon as a page is there", async () => {
  const { disk, uploads, ledger } = await leftBehind(100_000);
  let open = false;
  const finished = finishInBackground({ uploads, ledger, pageOpen: async () => open, limitMs: 60_000 });
  await vi.advanceTimersByTimeAsync(3_000);
  open = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await finished).toBe(false);
  expect(disk.records.size).toBe(1);
});

it("comes to an end where the server does not answer", async () => {
  const { server, uploads, ledger } = await leftBehind(1_000);
  server.trouble = 1;
  const finished = finishInBackground({ uploads, ledger, pageOpen: async () => false, limitMs: 60_000 });
  await vi.advanceTimersByTimeAsync(61_000);
  expect(await finished).toBe(false);
});
