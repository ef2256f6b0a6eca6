import { Upload } from "tus-js-client";
import { type GrowingFile, GrowingSource } from "./growing_source";

export interface TransferEvents {
  onActive(): void;
  onConfirmed(bytes: number): void;
  onEnded(): void;
  onFailed(status: number): void;
}

/** Sends a growing file to its upload URL; returns what stops it. */
export type Transfer = (file: GrowingFile, uploadUrl: string, token: string, events: TransferEvents) => () => void;

const CHUNK_BYTES = 4 * 1024 * 1024;

/** tus 1.0.0: a HEAD finds the server's offset, then PATCH after PATCH; the length is declared with the last one. */
export const tusTransfer: Transfer = (file, uploadUrl, token, events) => {
  const source = new GrowingSource(file);
  const upload = new Upload(new Blob(), {
    uploadUrl,
    headers: { Authorization: `Bearer ${token}` },
    chunkSize: CHUNK_BYTES,
    uploadLengthDeferred: true,
    storeFingerprintForResuming: false,
    retryDelays: null,
    fingerprint: async () => "",
    fileReader: { openFile: async () => source },
    onProgress: () => events.onActive(),
    onChunkComplete: (_size, accepted) => events.onConfirmed(accepted),
    onSuccess: () => events.onEnded(),
    onError: (error) => events.onFailed(statusOf(error)),
  });
  upload.start();
  return () => {
    void upload.abort();
    source.close();
  };
};

function statusOf(error: Error): number {
  const detailed = error as { originalResponse?: { getStatus(): number } | null };
  return detailed.originalResponse?.getStatus() ?? 0;
}

/** Asks the server itself what it holds: complete when every byte of a known length is there. */
export type Verify = (uploadUrl: string, token: string) => Promise<{ complete: boolean; bytes: number }>;

const HEAD_TIMEOUT_MS = 15_000;

export const verifyByHead: Verify = async (uploadUrl, token) => {
  const response = await fetch(uploadUrl, {
    method: "HEAD",
    cache: "no-store",
    headers: { "Tus-Resumable": "1.0.0", Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(HEAD_TIMEOUT_MS),
  });
  if (!response.ok) throw Object.assign(new Error("not confirmed"), { status: response.status });
  const bytes = Number(response.headers.get("Upload-Offset"));
  const length = response.headers.get("Upload-Length");
  return { complete: length !== null && Number(length) === bytes, bytes };
};
