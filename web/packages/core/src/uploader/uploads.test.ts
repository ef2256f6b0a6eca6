import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StemRecord } from "../recorder/ledger";
import { FakeDisk, FakePage } from "../testing/fake_browser";
import { FakeUploadServer } from "../testing/fake_upload_server";
import { seeded } from "../testing/random";
import { Uploads } from "./uploads";

const record = (key: string, more: Partial<StemRecord> = {}): StemRecord => ({
  key,
  takeId: "take",
  takeStartedAtMs: 0,
  sessionId: "session",
  sessionTitle: "Deep Sea Radio",
  participantId: "ana",
  token: "token",
  source: "mic",
  contentType: "audio/x-greenroom-pcm",
  startedAtMs: 0,
  closed: false,
  ...more,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function openPage(disk: FakeDisk, server: FakeUploadServer) {
  const page = new FakePage(disk);
  const { api, transfer, verify } = server;
  const uploads = new Uploads({
    origin: "http://studio",
    vault: page.vault,
    ledger: page.ledger,
    api,
    transfer,
    verify,
  });
  return { page, uploads };
}

async function begin(page: FakePage, uploads: Uploads, stem: StemRecord): Promise<void> {
  await page.ledger.put(stem);
  uploads.track(stem);
  await vi.advanceTimersByTimeAsync(0);
}

describe("uploads", () => {
  it("sends a stem while it grows and forgets it when the server has all of it", async () => {
    const [disk, server] = [new FakeDisk(), new FakeUploadServer(1)];
    const { page, uploads } = openPage(disk, server);
    await begin(page, uploads, record("stem"));
    await page.record("stem", new Uint8Array([1, 2, 3]), 500);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(uploads.store.getState().items[0]).toMatchObject({
      confirmedBytes: 3,
      safeUntilMs: 500,
      phase: "uploading",
    });
    expect(disk.records.size).toBe(1);
    await page.finish("stem");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(server.uploads.get("/uploads/take-stem")).toEqual({ bytes: [1, 2, 3], length: 3 });
    expect(disk.records.size).toBe(0);
    expect(await disk.bytes.size("stem")).toBe(0);
    uploads.close();
  });

  it("gets a new token when the old one has expired", async () => {
    const [disk, server] = [new FakeDisk(), new FakeUploadServer(1)];
    const { page, uploads } = openPage(disk, server);
    await begin(page, uploads, record("stem", { token: "expired" }));
    await page.record("stem", new Uint8Array([1]), 500);
    await page.finish("stem");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(uploads.store.getState().items[0]?.phase).toBe("done");
    uploads.close();
  });

  it("keeps here what is not the same there, says so, and sends it again when asked", async () => {
    const [disk, server] = [new FakeDisk(), new FakeUploadServer(1)];
    const { page, uploads } = openPage(disk, server);
    await begin(page, uploads, record("stem"));
    await page.record("stem", new Uint8Array([1, 2, 3]), 500);
    await vi.advanceTimersByTimeAsync(3_000);
    (server.uploads.get("/uploads/take-stem") as { bytes: number[] }).bytes[1] = 99;
    await page.finish("stem");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(uploads.store.getState().items[0]).toMatchObject({ phase: "refused", trouble: { code: "differs" } });
    expect(await disk.bytes.size("stem")).toBe(3);
    await uploads.sendAnew("stem");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(uploads.store.getState().items[0]?.phase).toBe("done");
    expect([...server.uploads.values()].at(-1)?.bytes).toEqual([1, 2, 3]);
    expect(disk.records.size).toBe(0);
    uploads.close();
  });

  it("throws away what never got a byte", async () => {
    const [disk, server] = [new FakeDisk(), new FakeUploadServer(1)];
    disk.records.set("empty", record("empty"));
    const { uploads } = openPage(disk, server);
    await uploads.recover();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(disk.records.size).toBe(0);
    expect(server.uploads.size).toBe(0);
    uploads.close();
  });

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    "loses nothing when the browser is killed again and again (seed %i)",
    async (seed) => {
      const random = seeded(seed);
      const [disk, server] = [new FakeDisk(), new FakeUploadServer(seed)];
      server.trouble = 0.25;
      const written = new Map<string, number[]>();
      for (let life = 0; life < 4; life++) {
        const { page, uploads } = openPage(disk, server);
        await uploads.recover();
        for (const source of ["mic", "camera"] as const) {
          const key = `${source}-${life}`;
          written.set(key, []);
          await begin(page, uploads, record(key, { source }));
        }
        for (let second = 0; second < 1 + random.below(12); second++) {
          for (const key of [`mic-${life}`, `camera-${life}`]) {
            const piece = Array.from({ length: 1 + random.below(60) }, () => random.below(256));
            written.get(key)?.push(...piece);
            await page.record(key, new Uint8Array(piece), second * 1_000);
          }
          await vi.advanceTimersByTimeAsync(1_000);
        }
        uploads.close();
      }
      server.trouble = 0.1;
      const { uploads } = openPage(disk, server);
      await uploads.recover();
      await vi.advanceTimersByTimeAsync(600_000);
      uploads.close();
      expect(disk.records.size).toBe(0);
      for (const [key, bytes] of written)
        expect(server.uploads.get(`/uploads/take-${key}`)).toEqual({ bytes, length: bytes.length });
    },
  );
});
