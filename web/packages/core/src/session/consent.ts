import { type Admission, type Api, ApiError } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";

export interface ConsentState {
  given: boolean;
}

export interface ConsentOptions {
  api: Pick<Api, "consent">;
  admission: Admission;
}

const RETRY_MS = 2_000;

/**
 * Whether this person has agreed to be recorded. Their word counts here at once; the server, which keeps it with their
 * recordings, is told until it has heard.
 */
export class Consent {
  readonly store: StoreApi<ConsentState>;
  private readonly options: ConsentOptions;
  private notice: string | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(options: ConsentOptions) {
    this.options = options;
    this.store = createStore<ConsentState>(() => ({ given: options.admission.consentedAt !== undefined }));
  }

  get given(): boolean {
    return this.store.getState().given;
  }

  /** In the words that were shown. */
  agree(notice: string): void {
    this.store.setState({ given: true });
    if (this.notice !== undefined) return;
    this.notice = notice;
    void this.tell(notice);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
  }

  private async tell(notice: string): Promise<void> {
    try {
      await this.options.api.consent(this.options.admission.session.id, notice);
    } catch (error) {
      if (this.closed || (error instanceof ApiError && !error.transient)) return;
      this.retry = setTimeout(() => void this.tell(notice), RETRY_MS);
    }
  }
}
