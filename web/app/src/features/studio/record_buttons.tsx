import type { Studio } from "@greenroom/core/session";
import { Button, IconButton, Tooltip } from "@greenroom/ui";
import { Flag, Pause, Play, Square } from "lucide-react";
import { useStore } from "zustand";
import type { Command } from "../../commands/registry";
import { t } from "../../i18n";

interface RecordButtonsProps {
  studio: Studio;
  command: (id: string) => Command;
}

/** What a host does with the recording: mark, pause, start and stop. Only the last is always there. */
export function RecordButtons({ studio, command }: RecordButtonsProps) {
  const { phase, paused } = useStore(studio.store);
  const recording = phase === "recording";
  const [marker, pause, record] = ["studio.marker", "studio.pause", "studio.record"].map(command) as [
    Command,
    Command,
    Command,
  ];
  return (
    <>
      {recording && (
        <>
          <IconButton
            tone="plain"
            label={t("control.marker")}
            keys={marker.keys}
            icon={<Flag className="size-5" />}
            onClick={marker.run}
            data-testid="set-marker"
          />
          <IconButton
            tone="plain"
            label={t(paused ? "record.resume" : "record.pause")}
            keys={pause.keys}
            icon={paused ? <Play className="size-5 fill-current" /> : <Pause className="size-5 fill-current" />}
            onClick={pause.run}
            data-testid={paused ? "resume" : "pause"}
          />
        </>
      )}
      <Tooltip label={t(recording ? "record.stop" : "record.start")} keys={record.keys}>
        <Button
          tone="record"
          // On a phone, what it does while recording must fit beside the rest.
          className={recording ? "max-sm:w-11 max-sm:px-0 sm:min-w-28" : "sm:min-w-28"}
          busy={phase === "stopping"}
          onClick={record.run}
          data-testid={recording ? "stop" : "record"}
        >
          {recording ? (
            <Square className="size-4 fill-current" aria-hidden />
          ) : (
            <span className="size-3 rounded-full bg-current" aria-hidden />
          )}
          <span className={recording ? "max-sm:sr-only" : undefined}>
            {t(recording ? "record.stop" : "record.start")}
          </span>
        </Button>
      </Tooltip>
    </>
  );
}
