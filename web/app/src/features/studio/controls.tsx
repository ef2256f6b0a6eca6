import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import { IconButton, LevelMeter } from "@greenroom/ui";
import { LogOut, Mic, MicOff, MonitorUp, MonitorX, SlidersHorizontal, Users, Video, VideoOff } from "lucide-react";
import { type ReactNode, useCallback } from "react";
import { useStore } from "zustand";
import type { Command } from "../../commands/registry";
import { t } from "../../i18n";
import { RecordButtons } from "./record_buttons";

interface ControlsProps {
  studio: Studio;
  devices: Devices;
  commands: Command[];
  peopleOpen: boolean;
}

/** Always the same order; leaving stands apart; the record button is the only red thing. */
export function Controls({ studio, devices, commands, peopleOpen }: ControlsProps) {
  const { micOn, cameraOn, screen } = useStore(devices.store);
  const { may, waiting } = useStore(studio.people.store);
  const readLevel = useCallback(() => devices.sound.level(), [devices]);
  const command = (id: string) => commands.find((candidate) => candidate.id === id) as Command;
  const icon = (id: string, label: string, shown: ReactNode, testid: string, pressed?: boolean) => (
    <IconButton
      tone="plain"
      label={label}
      keys={command(id).keys}
      icon={shown}
      pressed={pressed}
      onClick={command(id).run}
      data-testid={testid}
    />
  );
  return (
    <footer className="flex items-center justify-between gap-1 border-t px-2 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:grid sm:grid-cols-[1fr_auto_1fr] sm:gap-2 sm:px-3">
      {may.includes("publish_audio") && (
        <LevelMeter read={readLevel} label={t("join.level")} testid="mic-level" className="hidden w-32 sm:flex" />
      )}
      <div className="col-start-2 flex items-center gap-1 sm:gap-2">
        {may.includes("publish_audio") &&
          icon(
            "studio.mic",
            t(micOn ? "control.mic.off" : "control.mic.on"),
            micOn ? <Mic className="size-5" /> : <MicOff className="size-5 text-text-quiet" />,
            "toggle-mic",
          )}
        {may.includes("publish_video") &&
          icon(
            "studio.camera",
            t(cameraOn ? "control.camera.off" : "control.camera.on"),
            cameraOn ? <Video className="size-5" /> : <VideoOff className="size-5 text-text-quiet" />,
            "toggle-camera",
          )}
        {may.includes("share_screen") && (
          <span className="hidden sm:block">
            {icon(
              "studio.screen",
              t(screen ? "control.screen.stop" : "control.screen.share"),
              screen ? <MonitorX className="size-5" /> : <MonitorUp className="size-5" />,
              "share-screen",
            )}
          </span>
        )}
        {studio.takesPart && (
          <span className="hidden sm:block">
            {icon("studio.devices", t("control.settings"), <SlidersHorizontal className="size-5" />, "devices")}
          </span>
        )}
        {icon(
          "studio.people",
          waiting.length ? t("control.peopleWaiting", { count: waiting.length }) : t("control.people"),
          <span className="relative">
            <Users className="size-5" />
            {waiting.length > 0 && (
              <span className="numbers absolute -top-3 -right-3 flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1 text-xs text-accent-ink">
                {waiting.length}
              </span>
            )}
          </span>,
          "people",
          peopleOpen,
        )}
        {may.includes("record") && <RecordButtons studio={studio} command={command} />}
      </div>
      <div className="flex justify-end">
        <IconButton
          tone="quiet"
          label={t("control.leaveStudio")}
          keys={command("studio.leave").keys}
          icon={<LogOut className="size-5" />}
          onClick={command("studio.leave").run}
          data-testid="leave"
        />
      </div>
    </footer>
  );
}
