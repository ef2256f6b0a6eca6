import type { QualityVerdict, Studio } from "@greenroom/core/session";
import { classes, IconButton, Popover, SignalBars } from "@greenroom/ui";
import type { ComponentProps } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { BARS, GOOD, qualityWords } from "./quality_words";

interface MarkProps extends Omit<ComponentProps<typeof IconButton>, "label" | "icon"> {
  verdict: QualityVerdict;
  name: string;
}

/** Three bars in the corner of a tile: quiet while all is well, with a word beside them when it is not. */
function Mark({ verdict, name, ...rest }: MarkProps) {
  const { level } = verdict;
  return (
    <IconButton
      {...rest}
      label={t("quality.of", { name, words: qualityWords(verdict) })}
      data-testid="signal-mark"
      data-quality={level}
      className="!absolute top-0 right-0 h-11 !w-auto min-w-11 items-start justify-end p-2 hover:!bg-transparent"
      icon={
        <span
          className={classes(
            "inline-flex h-6 items-center gap-1.5 rounded-sm bg-scrim px-1.5 text-xs text-text",
            level === "good" && "opacity-80",
          )}
        >
          {level !== "good" && <span>{t(`quality.${level}`)}</span>}
          <SignalBars bars={BARS[level]} />
        </span>
      }
    />
  );
}

export function OwnSignal({ studio, onOpen }: { studio: Studio; onOpen: () => void }) {
  const verdict = useStore(studio.quality.store, ({ verdicts }) => verdicts[studio.admission.participant.id] ?? GOOD);
  return <Mark verdict={verdict} name={t("stage.you")} onClick={onOpen} aria-haspopup="dialog" />;
}

/** What is wrong stands in the tooltip, and for a finger in what a tap opens. */
export function PeerSignal({ studio, of, name }: { studio: Studio; of: string; name: string }) {
  const verdict = useStore(studio.quality.store, ({ verdicts }) => verdicts[of] ?? GOOD);
  return (
    <Popover label={t("quality.title", { name })} trigger={<Mark verdict={verdict} name={name} />}>
      <h2 className="text-sm font-strong">{t("quality.title", { name })}</h2>
      <p className="mt-2 flex items-center gap-2 text-sm">
        <SignalBars bars={BARS[verdict.level]} />
        {qualityWords(verdict)}
      </p>
      <p className="mt-2 text-sm text-text-quiet">{t(`quality.meaning.${verdict.level}`, { name })}</p>
    </Popover>
  );
}
