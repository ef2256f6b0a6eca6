import type { Api, Marker, Ms, Take } from "@greenroom/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { ServerClock } from "../clock";
import type { Signaling } from "./signaling";

/** The one that this person has just set and may still give a name. */
export interface FreshMarker {
  atMs: Ms;
  /** Known when the server has it. */
  id?: string;
  trouble?: string;
}

export interface MarkersState {
  fresh?: FreshMarker;
}

export interface MarkersOptions {
  signaling: Signaling;
  api: Pick<Api, "addMarker" | "changeMarker" | "removeMarker">;
  clock: Pick<ServerClock, "now">;
  /** Markers are part of the take. */
  take: StoreApi<{ take?: Take }>;
}

/** Moments worth finding again: set with one key at the moment they are pressed, named afterwards or not at all. */
export class Markers {
  readonly store: StoreApi<MarkersState> = createStore<MarkersState>(() => ({}));
  private readonly options: MarkersOptions;
  private readonly unsubscribe: (() => void)[];
  private setting: Promise<Marker | undefined> | undefined;

  constructor(options: MarkersOptions) {
    this.options = options;
    const { signaling, take } = options;
    this.unsubscribe = [
      signaling.on("markerAdded", ({ marker }) => this.keep(marker)),
      signaling.on("markerChanged", ({ marker }) => this.keep(marker)),
      signaling.on("markerRemoved", ({ marker }) => this.forget(marker)),
      take.subscribe(({ take: now }, { take: before }) => now?.id !== before?.id && this.done()),
    ];
  }

  /** At this moment, whenever the server hears of it. */
  set(): void {
    const { take } = this.options.take.getState();
    if (!take) return;
    const fresh: FreshMarker = { atMs: this.options.clock.now() };
    this.store.setState({ fresh });
    this.setting = this.options.api.addMarker(take.id, { label: "", atMs: fresh.atMs }).then(
      (marker) => {
        this.keep(marker);
        this.update(fresh, { id: marker.id });
        return marker;
      },
      (error) => {
        this.update(fresh, { trouble: error instanceof Error ? error.message : String(error) });
        return undefined;
      },
    );
  }

  async name(label: string): Promise<void> {
    await this.settle(label.trim() ? (marker) => this.relabel(marker, label.trim()) : undefined);
  }

  async undo(): Promise<void> {
    await this.settle(async (marker) => {
      await this.options.api.removeMarker(marker.takeId, marker.id);
      this.forget(marker);
    });
  }

  /** It stays as it is. */
  done(): void {
    this.store.setState({ fresh: undefined });
  }

  close(): void {
    for (const off of this.unsubscribe) off();
  }

  private async relabel(marker: Marker, label: string): Promise<void> {
    this.keep(await this.options.api.changeMarker(marker.takeId, marker.id, { label }));
  }

  private async settle(act: ((marker: Marker) => Promise<void>) | undefined): Promise<void> {
    const { fresh } = this.store.getState();
    const setting = this.setting;
    if (!fresh) return;
    try {
      const marker = await setting;
      if (marker && act) await act(marker);
      if (marker && this.setting === setting) this.done();
    } catch (error) {
      this.update(fresh, { trouble: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Unless another one has been set since. */
  private update({ atMs }: FreshMarker, change: Partial<FreshMarker>): void {
    this.store.setState(({ fresh }) => (fresh?.atMs === atMs ? { fresh: { ...fresh, ...change } } : {}));
  }

  private keep(marker: Marker): void {
    this.edit(marker, (others) => [...others, marker].sort((a, b) => a.atMs - b.atMs));
  }

  private forget(marker: Marker): void {
    this.edit(marker, (others) => others);
  }

  private edit(marker: Marker, next: (others: Marker[]) => Marker[]): void {
    this.options.take.setState(({ take }) => {
      if (take?.id !== marker.takeId) return {};
      return { take: { ...take, markers: next(take.markers.filter(({ id }) => id !== marker.id)) } };
    });
  }
}
