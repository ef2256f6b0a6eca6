import type { RecordingSettings } from "@greenroom/contract";
import { Choice, Segments, Tick } from "@greenroom/ui";
import { ChevronRight } from "lucide-react";
import { t } from "../i18n";
import { recordingWords } from "./session_fields";

const HEIGHTS = [720, 1080, 2160];
const RATES = [24, 25, 30, 50, 60];
const KBITS = [2_500, 5_000, 8_000, 12_000, 20_000, 40_000];

interface RecordingFieldsProps {
  value: RecordingSettings;
  onChange: (value: RecordingSettings) => void;
}

/** How everyone's device records. Folded: what is set from the start is right for most. */
export function RecordingFields({ value, onChange }: RecordingFieldsProps) {
  const set = (change: Partial<RecordingSettings>) => onChange({ ...value, ...change });
  const { audio, videoHeight, frameRate } = value;
  const { videoKbits, ...automatic } = value;
  const { rawMic, ...filtered } = value;
  return (
    <details className="group rounded-md border" data-testid="recording-settings">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-md px-3 text-sm">
        <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        <span className="shrink-0 font-strong">{t("recording.title")}</span>
        <span className="numbers ml-auto truncate text-text-quiet">{recordingWords(value)}</span>
      </summary>
      <div className="flex flex-col gap-4 border-t p-3">
        <Segments
          label={t("recording.sound")}
          value={audio}
          onChange={(audio) => set({ audio })}
          options={(["lossless", "opus"] as const).map((each) => ({
            value: each,
            label: t(`recording.audio.${each}`),
            testid: `audio-${each}`,
          }))}
        />
        <Tick
          label={t("recording.rawMic")}
          hint={t("recording.rawMicHint")}
          checked={rawMic ?? false}
          onChange={({ target }) => onChange({ ...filtered, ...(target.checked && { rawMic: true }) })}
          data-testid="raw-mic"
        />
        <div className="grid gap-4 sm:grid-cols-3">
          <Choice
            label={t("recording.picture")}
            value={String(videoHeight)}
            options={withChosen(HEIGHTS, videoHeight).map((height) => ({
              value: String(height),
              label: height === 2160 ? "4K" : `${height}p`,
            }))}
            onChange={(height) => set({ videoHeight: Number(height) })}
            testid="video-height"
          />
          <Choice
            label={t("recording.frameRate")}
            value={String(frameRate)}
            options={withChosen(RATES, frameRate).map((rate) => ({ value: String(rate), label: String(rate) }))}
            onChange={(rate) => set({ frameRate: Number(rate) })}
            testid="frame-rate"
          />
          <Choice
            label={t("recording.bitrate")}
            value={String(videoKbits ?? "")}
            options={[
              { value: "", label: t("recording.automatic") },
              ...withChosen(KBITS, videoKbits).map((kbits) => ({
                value: String(kbits),
                label: t("unit.mbits", { count: kbits / 1_000 }),
              })),
            ]}
            onChange={(kbits) => onChange({ ...automatic, ...(kbits && { videoKbits: Number(kbits) }) })}
            testid="video-bitrate"
          />
        </div>
        <p className="text-xs text-text-quiet">{t("recording.hint")}</p>
      </div>
    </details>
  );
}

function withChosen(usual: number[], chosen: number | undefined): number[] {
  return chosen === undefined || usual.includes(chosen) ? usual : [...usual, chosen].sort((a, b) => a - b);
}
