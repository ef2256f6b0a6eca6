import type { Take } from "@greenroom/contract";
import { shortTime, takeTime } from "@greenroom/core/timeline";
import type { RefObject } from "react";
import { t } from "../../i18n";

/** The take's markers, each the way to its moment in the finished recording. */
export function Chapters({ take, video }: { take: Take; video: RefObject<HTMLVideoElement | null> }) {
  if (take.markers.length === 0) return null;
  const seek = (seconds: number) => {
    if (!video.current) return;
    video.current.currentTime = seconds;
    void video.current.play().catch(() => undefined);
  };
  return (
    <section className="mt-4" aria-labelledby="chapters">
      <h2 id="chapters" className="text-sm font-strong">
        {t("marker.title")}
      </h2>
      <ol className="mt-1 -mx-2" data-testid="chapters">
        {take.markers.map(({ id, atMs, label }, index) => {
          const seconds = takeTime(take, atMs) / 1_000;
          return (
            <li key={id}>
              <button
                type="button"
                onClick={() => seek(seconds)}
                className="flex min-h-11 w-full items-center gap-4 rounded-md px-2 text-left text-sm hover:bg-raised"
              >
                <span className="numbers w-14 shrink-0 text-text-quiet">{shortTime(seconds)}</span>
                <span className="min-w-0 break-words">{label || t("marker.unnamed", { count: index + 1 })}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
