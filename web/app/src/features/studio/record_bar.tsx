import type { RecordPhase, Studio } from "@greenroom/core/session";
import { safeUpTo, takeTime, timecode } from "@greenroom/core/timeline";
import type { Uploads } from "@greenroom/core/uploader";
import { classes, Popover } from "@greenroom/ui";
import { Check, ChevronDown, Gauge, Pause, ShieldCheck, Users } from "lucide-react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { MarkerList } from "./marker_list";
import { PersonChips } from "./person_chips";
import { useTakeClock } from "./use_take_clock";

interface RecordBarProps {
  studio: Studio;
  uploads: Uploads;
  peopleHere: number;
}

/** The most trusted line on the screen: whether it records, for how long, and up to where everyone is safe. */
export function RecordBar({ studio, uploads, peopleHere }: RecordBarProps) {
  const { phase, paused, take, progress } = useStore(studio.store);
  const elapsed = useTakeClock(studio);
  const safe = safeUpTo(progress);
  const others = progress.some((report) => report.pendingBytes > 0);
  return (
    <header
      data-testid="record-bar"
      data-state={paused ? "paused" : phase}
      className={classes(
        "flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2",
        phase === "recording" && !paused && "bg-record/12",
      )}
    >
      <div className="flex items-center gap-3" role="status" aria-live="polite">
        <PhaseDot phase={paused ? "paused" : phase} />
        <span className="text-sm font-strong">
          {t(phase === "uploaded" && others ? "record.uploadedWait" : `record.${paused ? "paused" : phase}`)}
        </span>
      </div>
      {take && (
        <span data-testid="time-code" className="numbers text-base font-strong">
          {timecode(elapsed)}
        </span>
      )}
      {take && (
        <Popover
          label={t("record.people")}
          trigger={
            <button
              type="button"
              data-testid="safe-up-to"
              data-safe-ms={Math.round(safe ?? 0)}
              className="numbers -my-2 inline-flex h-11 items-center gap-2 rounded-md px-2 text-sm text-text-quiet hover:bg-raised hover:text-text"
            >
              <ShieldCheck className="size-4" aria-hidden />
              {safe === undefined
                ? t("record.safePending")
                : t("record.safe", { time: timecode(takeTime(take, take.startedAtMs + safe)) })}
              <ChevronDown className="size-4" aria-hidden />
            </button>
          }
        >
          <Slower uploads={uploads} className="mb-4 flex sm:hidden" />
          <PersonChips studio={studio} take={take} />
          <MarkerList take={take} />
        </Popover>
      )}
      {take && <Slower uploads={uploads} className="hidden sm:flex" />}
      <span className="ml-auto hidden max-w-72 truncate text-sm text-text-quiet md:inline">
        {studio.admission.session.title}
      </span>
      <span className="numbers ml-auto inline-flex items-center gap-2 text-sm text-text-quiet md:ml-0">
        <Users className="size-4" aria-hidden />
        {t("stage.here", { count: peopleHere })}
      </span>
    </header>
  );
}

/** Why it takes longer than it could; nothing is at risk. */
function Slower({ uploads, className }: { uploads: Uploads; className: string }) {
  const slower = useStore(uploads.pacer.store, (state) => state.slower);
  if (!slower) return null;
  return (
    <span
      data-testid="uploads-slower"
      title={t("record.slower.text")}
      className={classes("items-center gap-2 text-sm text-text-quiet", className)}
    >
      <Gauge className="size-4 shrink-0" aria-hidden />
      {t("record.slower")}
    </span>
  );
}

function PhaseDot({ phase }: { phase: RecordPhase | "paused" }) {
  if (phase === "uploaded") return <Check className="size-4 text-accent" aria-hidden />;
  if (phase === "paused") return <Pause className="size-4 fill-current" aria-hidden />;
  const look = {
    idle: "border-2 border-line-strong",
    recording: "bg-record",
    stopping: "bg-record animate-breathe",
    uploading: "bg-accent animate-breathe",
  }[phase];
  return <span aria-hidden className={classes("size-3 rounded-full", look)} />;
}
