import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";

/** tus-js-client's requests by `fetch`, for where there is no XMLHttpRequest. */
export class FetchStack implements HttpStack {
  createRequest(method: string, url: string): HttpRequest {
    return new FetchRequest(method, url);
  }
  getName(): string {
    return "FetchStack";
  }
}

class FetchRequest implements HttpRequest {
  private readonly method: string;
  private readonly url: string;
  private readonly headers: Record<string, string> = {};
  private readonly controller = new AbortController();

  constructor(method: string, url: string) {
    this.method = method;
    this.url = url;
  }
  getMethod(): string {
    return this.method;
  }
  getURL(): string {
    return this.url;
  }
  setHeader(header: string, value: string): void {
    this.headers[header] = value;
  }
  getHeader(header: string): string {
    return this.headers[header] ?? "";
  }
  /** `fetch` tells of no progress; a finished request is the progress there is. */
  setProgressHandler(): void {}
  async send(body?: BodyInit | null): Promise<HttpResponse> {
    const { method, headers } = this;
    const init = { method, headers, body: body ?? null, signal: this.controller.signal, cache: "no-store" as const };
    const response = await fetch(this.url, init);
    return new FetchResponse(response, await response.text());
  }
  async abort(): Promise<void> {
    this.controller.abort();
  }
  getUnderlyingObject(): unknown {
    return this;
  }
}

class FetchResponse implements HttpResponse {
  private readonly response: Response;
  private readonly body: string;

  constructor(response: Response, body: string) {
    this.response = response;
    this.body = body;
  }
  getStatus(): number {
    return this.response.status;
  }
  getHeader(header: string): string | undefined {
    return this.response.headers.get(header) ?? undefined;
  }
  getBody(): string {
    return this.body;
  }
  getUnderlyingObject(): unknown {
    return this.response;
  }
}
