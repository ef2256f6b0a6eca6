import { type Api, ApiError } from "@greenroom/contract";
import { sha256Of } from "../recorder/stem_hashes";
import type { GrowingFile } from "../uploader/growing_source";
import { GrowingSource } from "../uploader/growing_source";
import type { Transfer, Verify } from "../uploader/transport";
import { seeded } from "./random";

interface Upload {
  bytes: number[];
  length?: number;
}

/** A server that keeps stems, and a network to it that loses requests and answers as often as `trouble` says. */
export class FakeUploadServer {
  trouble = 0;
  readonly uploads = new Map<string, Upload>();
  private readonly random: ReturnType<typeof seeded>;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  readonly api = (token: string): Api =>
    ({
      createStem: async (takeId: string, stem: { clientKey: string }) => {
        await this.travel();
        if (token === "expired") throw new ApiError(401, {});
        const uploadUrl = `/uploads/${takeId}-${stem.clientKey}`;
        if (!this.uploads.has(uploadUrl)) this.uploads.set(uploadUrl, { bytes: [] });
        await this.travel();
        return { stem: { id: stem.clientKey }, uploadUrl };
      },
      renewParticipantToken: async () => ({ token: "fresh" }),
    }) as unknown as Api;

  readonly transfer: Transfer = (file, url, _token, events) => {
    const source = new GrowingSource(file);
    let stopped = false;
    this.send(file, source, pathOf(url), events, () => stopped).catch(() => stopped || events.onFailed(0));
    return () => {
      stopped = true;
      source.close();
    };
  };

  readonly verify: Verify = async (url) => {
    await this.travel();
    const upload = this.uploads.get(pathOf(url)) ?? { bytes: [] };
    const complete = upload.length === upload.bytes.length;
    return { complete, bytes: upload.bytes.length, ...(complete && { sha256: sha256Of(upload.bytes) }) };
  };

  private async send(
    _file: GrowingFile,
    source: GrowingSource,
    path: string,
    events: Parameters<Transfer>[3],
    stopped: () => boolean,
  ): Promise<void> {
    await this.travel();
    let offset = (this.uploads.get(path) as Upload).bytes.length;
    for (;;) {
      const { value, done } = await source.slice(offset, offset + 64);
      const piece = value ? new Uint8Array(await value.arrayBuffer()) : new Uint8Array();
      if (stopped()) return;
      await this.travel();
      const upload = this.uploads.get(path) as Upload;
      if (upload.bytes.length !== offset) throw new Error("409");
      if (upload.length !== undefined && offset + piece.length > upload.length) throw new Error("413");
      upload.bytes.push(...piece);
      offset += piece.length;
      if (done) upload.length = offset;
      await this.travel();
      events.onConfirmed(offset);
      if (done) return events.onEnded();
    }
  }

  private async travel(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1 + this.random.below(40)));
    if (this.random.chance(this.trouble)) throw new ApiError(0, {});
  }
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
