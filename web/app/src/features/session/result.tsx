import type { Asset, SessionDetail } from "@greenroom/contract";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { duration, t } from "../../i18n";
import { Chapters } from "./chapters";
import { Waveform } from "./waveform";

interface Report {
  durationS?: number;
  lufs?: number;
  residualMs?: number;
}

/** The finished recording: the picture, everyone's waveform beneath it, and the figures that say it is right. */
export function Result({ session, composite }: { session: SessionDetail; composite: Asset }) {
  const video = useRef<HTMLVideoElement>(null);
  const ofTake = session.assets.filter((asset) => asset.takeId === composite.takeId);
  const take = session.takes.find(({ id }) => id === composite.takeId);
  const poster = ofTake.find((asset) => asset.kind === "thumbnail")?.url;
  const peaks = ofTake.find((asset) => asset.kind === "peaks");
  const report = ofTake.find((asset) => asset.kind === "report");
  return (
    <section className="mt-8" aria-label={t("result.player")}>
      {/* biome-ignore lint/a11y/useMediaCaption: captions come with the transcript */}
      <video
        ref={video}
        src={composite.url}
        poster={poster}
        controls
        playsInline
        preload="metadata"
        data-testid="player"
        aria-label={t("result.player")}
        className="aspect-video w-full rounded-lg border bg-black"
      />
      {peaks && <Waveform video={video} url={peaks.url} names={namesOf(session)} />}
      {take && <Chapters take={take} video={video} />}
      {report && <Figures url={report.url} />}
    </section>
  );
}

function namesOf(session: SessionDetail): Record<string, string> {
  return Object.fromEntries(session.participants.map((person) => [person.id, person.name]));
}

function Figures({ url }: { url: string }) {
  const { data } = useQuery({
    queryKey: ["report", url.split("?")[0]],
    queryFn: async () => (await (await fetch(url)).json()) as Report,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const figures = [
    data?.durationS !== undefined && ([t("report.duration"), duration(data.durationS)] as const),
    data?.lufs !== undefined && ([t("report.loudness"), t("report.lufs", { value: data.lufs.toFixed(1) })] as const),
    data?.residualMs !== undefined &&
      ([t("report.alignment"), t("report.residual", { value: Math.max(0.1, data.residualMs).toFixed(1) })] as const),
  ].filter((figure) => figure !== false);
  return (
    <dl className="mt-4 flex min-h-5 flex-wrap gap-x-6 gap-y-1 text-sm">
      {figures.map(([name, value]) => (
        <div key={name} className="flex gap-2">
          <dt className="text-text-quiet">{name}</dt>
          <dd className="numbers font-strong">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
