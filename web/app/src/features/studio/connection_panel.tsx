import { LOOK_BACK_MS, type QualitySample, type Studio } from "@greenroom/core/session";
import { Dialog, Plot, SignalBars } from "@greenroom/ui";
import { useStore } from "zustand";
import { bitrate, roundPercent, t } from "../../i18n";
import { BARS, GOOD, qualityWords } from "./quality_words";

interface ConnectionPanelProps {
  studio: Studio;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const GAP_MS = 7_000;

/** One's own connection: how it is, and how it has been for the last minutes. */
export function ConnectionPanel({ studio, open, onOpenChange }: ConnectionPanelProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("quality.own")}
      description={t("quality.own.text")}
      closeLabel={t("app.close")}
    >
      <Course studio={studio} />
    </Dialog>
  );
}

function Course({ studio }: { studio: Studio }) {
  const { samples, verdicts } = useStore(studio.quality.store);
  const verdict = verdicts[studio.admission.participant.id] ?? GOOD;
  const latest = samples.at(-1);
  const until = latest?.atMs ?? 0;
  const frame = {
    from: until - LOOK_BACK_MS,
    until,
    gap: GAP_MS,
    ends: [t("plot.fiveMinutes"), t("plot.now")] as [string, string],
  };
  const line = (label: string, value: (sample: QualitySample) => number | undefined) => ({
    label,
    points: samples.map((sample) => ({ at: sample.atMs, value: value(sample) })),
  });
  const plot = (
    title: string,
    lines: ReturnType<typeof line>[],
    least: number,
    format: (value: number) => string,
    testid: string,
  ) => {
    const latestOf = lines.map(({ points }) => points.at(-1)?.value);
    const most = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
    const now = latestOf.map((value) => (value === undefined ? t("plot.unknown") : format(value))).join(" / ");
    const summary = t("plot.summary", { title, now, most: format(most) });
    return <Plot {...{ ...frame, title, now, summary, lines, least, format, testid }} />;
  };
  const [up, down] = [t("quality.up"), t("quality.down")];
  return (
    <div className="mt-4 flex flex-col gap-6" data-testid="connection-panel" data-samples={samples.length}>
      <p className="flex items-center gap-2 text-sm font-strong">
        <SignalBars bars={BARS[verdict.level]} />
        {qualityWords(verdict)}
      </p>
      {plot(
        t("quality.bitrate"),
        [line(up, (sample) => sample.up), line(down, (sample) => sample.down)],
        100_000,
        bitrate,
        "plot-bitrate",
      )}
      {plot(
        t("quality.loss"),
        [line(up, (sample) => sample.lossUp), line(down, (sample) => sample.lossDown)],
        0.05,
        roundPercent,
        "plot-loss",
      )}
      {plot(
        t("quality.roundTrip"),
        [line(t("quality.roundTrip"), (sample) => sample.roundTripMs)],
        100,
        (ms) => t("plot.ms", { ms: Math.round(ms) }),
        "plot-round-trip",
      )}
    </div>
  );
}
