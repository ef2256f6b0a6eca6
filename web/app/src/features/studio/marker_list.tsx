import type { Take } from "@greenroom/contract";
import { takeTime, timecode } from "@greenroom/core/timeline";
import { t } from "../../i18n";

/** The take's markers as they stand, beneath what is known of its safety. */
export function MarkerList({ take }: { take: Take }) {
  if (take.markers.length === 0) return null;
  return (
    <section className="mt-4 border-t pt-4" aria-labelledby="markers">
      <h2 id="markers" className="text-sm font-strong">
        {t("marker.title")}
      </h2>
      <ol className="mt-2 max-h-48 overflow-y-auto text-sm" data-testid="marker-list">
        {take.markers.map(({ id, atMs, label }, index) => (
          <li key={id} className="flex min-h-8 items-baseline gap-3">
            <span className="numbers shrink-0 text-text-quiet">{timecode(takeTime(take, atMs))}</span>
            <span className="min-w-0 break-words">{label || t("marker.unnamed", { count: index + 1 })}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
