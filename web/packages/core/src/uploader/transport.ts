import { bytesToHex } from "@noble/hashes/utils";
import { type DetailedError, type HttpStack, Upload } from "tus-js-client";
import { FetchStack } from "./fetch_stack";
import { type GrowingFile, GrowingSource } from "./growing_source";

export interface TransferEvents {
  onActive(): void;
  onConfirmed(bytes: number): void;
  onEnded(): void;
  /** 0: no answer; `code` is the server's own word for what it refuses. */
  onFailed(status: number, code?: string): void;
}

/** Sends a growing file to its upload URL; returns what stops it. */
export type Transfer = (file: GrowingFile, uploadUrl: string, token: string, events: TransferEvents) => () => void;

const CHUNK_BYTES = 4 * 1024 * 1024;
/** A service worker has no XMLHttpRequest, which tus-js-client takes by itself. */
const HTTP_STACK: HttpStack | undefined = "XMLHttpRequest" in globalThis ? undefined : new FetchStack();

/** tus 1.0.0: a HEAD finds the server's offset, then PATCH after PATCH; the length is declared with the last one. */
export const tusTransfer: Transfer = (file, uploadUrl, token, events) => {
  const source = new GrowingSource(file);
  const upload = new Upload(new Blob(), {
    ...(HTTP_STACK && { httpStack: HTTP_STACK }),
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
    onError: (error) => events.onFailed(...answerTo(error)),
  });
  upload.start();
  return () => {
    void upload.abort();
    source.close();
  };
};

function answerTo(error: Error | DetailedError): [number, string?] {
  const response = "originalResponse" in error ? error.originalResponse : null;
  return [response?.getStatus() ?? 0, codeIn(response?.getBody())];
}

/** The last part of a problem's type (RFC 9457): "upload.too_large". */
function codeIn(body: string | undefined): string | undefined {
  try {
    return (JSON.parse(body ?? "") as { type?: string }).type?.split("/").pop();
  } catch {
    return undefined;
  }
}

export interface Held {
  /** Every byte of a known length is there. */
  complete: boolean;
  bytes: number;
  /** Of the whole, lower-case hex; said as soon as it is complete. */
  sha256?: string;
}

/** Asks the server itself what it holds. */
export type Verify = (uploadUrl: string, token: string) => Promise<Held>;

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
  const sha256 = digestIn(response.headers.get("Repr-Digest"));
  return { complete: length !== null && Number(length) === bytes, bytes, ...(sha256 && { sha256 }) };
};

/** The hash in `sha-256=:BASE64:` (RFC 9530 §3), as hex. */
export function digestIn(field: string | null): string | undefined {
  const text = field?.match(/sha-256=:([A-Za-z0-9+/]{43}=):/)?.[1];
  if (!text) return undefined;
  return bytesToHex(Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)));
}
