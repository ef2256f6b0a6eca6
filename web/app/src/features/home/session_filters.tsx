import type { SessionFilter, SessionKind, SessionState } from "@greenroom/contract";
import { Choice } from "@greenroom/ui";
import { Search } from "lucide-react";
import { t } from "../../i18n";
import { KINDS } from "../../parts/session_fields";

export interface Filters extends Pick<SessionFilter, "state" | "kind"> {
  text: string;
}

export const NO_FILTERS: Filters = { text: "" };
const STATES: SessionState[] = [
  "scheduled",
  "live",
  "uploading",
  "processing",
  "ready",
  "ended",
  "failed",
  "cancelled",
];

export function isFiltering({ text, state, kind }: Filters): boolean {
  return text.trim() !== "" || state !== undefined || kind !== undefined;
}

/** Titles as they are typed, in any order of words. */
export function matchesTitle(title: string, text: string): boolean {
  const found = title.toLocaleLowerCase();
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => found.includes(word));
}

export function SessionFilters({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  return (
    <search className="grid grid-cols-2 gap-2 sm:grid-cols-[minmax(0,1fr)_10rem_8rem]">
      <div className="relative col-span-2 sm:col-span-1">
        <Search className="pointer-events-none absolute top-3.5 left-3 size-4 text-text-quiet" aria-hidden />
        <input
          type="search"
          aria-label={t("filter.search")}
          placeholder={t("filter.search")}
          value={filters.text}
          onChange={(event) => set({ text: event.target.value })}
          data-testid="search-sessions"
          className="h-11 w-full rounded-md border border-line-strong bg-surface pr-3 pl-9 text-sm placeholder:text-text-quiet hover:border-text-quiet focus-visible:outline-offset-0"
        />
      </div>
      <Choice
        label={t("filter.state")}
        quietLabel
        value={filters.state ?? ""}
        onChange={(state) => set({ state: (state || undefined) as SessionState | undefined })}
        options={[
          { value: "", label: t("filter.anyState") },
          ...STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        ]}
        testid="filter-state"
      />
      <Choice
        label={t("filter.kind")}
        quietLabel
        value={filters.kind ?? ""}
        onChange={(kind) => set({ kind: (kind || undefined) as SessionKind | undefined })}
        options={[
          { value: "", label: t("filter.anyKind") },
          ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
        ]}
        testid="filter-kind"
      />
    </search>
  );
}
