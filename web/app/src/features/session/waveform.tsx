import { Skeleton } from "@greenroom/ui";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef } from "react";
import { t } from "../../i18n";
import { readPeaks, type Waveforms } from "./peaks";

const LANE_PX = 44;

interface WaveformProps {
  video: RefObject<HTMLVideoElement | null>;
  url: string;
  names: Record<string, string>;
}

/** One lane per person; a click in it moves the player there. */
export function Waveform({ video, url, names }: WaveformProps) {
  const { data } = useQuery({
    queryKey: ["peaks", url.split("?")[0]],
    queryFn: async () => readPeaks(await (await fetch(url)).json()),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return <Skeleton className="mt-4 h-22" />;
  if (data.lanes.length === 0) return null;
  return (
    <div className="mt-4 flex gap-3 rounded-lg border bg-surface p-4">
      <ul className="w-16 shrink-0 text-xs text-text-quiet sm:w-28">
        {data.lanes.map((lane) => (
          <li key={lane.participantId} style={{ height: LANE_PX }} className="flex items-center">
            <span className="truncate">{names[lane.participantId] ?? ""}</span>
          </li>
        ))}
      </ul>
      <Lanes video={video} data={data} />
    </div>
  );
}

function Lanes({ video, data }: { video: RefObject<HTMLVideoElement | null>; data: Waveforms }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    let destroy: (() => void) | undefined;
    void import("wavesurfer.js").then(({ default: WaveSurfer }) => {
      if (gone || !box.current || !video.current) return;
      const style = getComputedStyle(box.current);
      const colours = {
        waveColor: style.getPropertyValue("color"),
        progressColor: style.getPropertyValue("accent-color"),
        height: LANE_PX,
      };
      const wave = WaveSurfer.create({
        container: box.current,
        media: video.current,
        peaks: data.lanes.map((lane) => lane.peaks),
        duration: data.durationS,
        splitChannels: data.lanes.map(() => colours),
        cursorColor: style.getPropertyValue("caret-color"),
        barWidth: 2,
        barGap: 1,
        barRadius: 2,
        normalize: false,
        ...colours,
      });
      destroy = () => wave.destroy();
    });
    return () => {
      gone = true;
      destroy?.();
    };
  }, [video, data]);
  return (
    <div
      ref={box}
      role="img"
      aria-label={t("result.waveform")}
      data-testid="waveform"
      style={{ height: LANE_PX * data.lanes.length }}
      className="min-w-0 flex-1 overflow-hidden text-line-strong accent-accent caret-text"
    />
  );
}
