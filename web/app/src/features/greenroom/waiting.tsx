import type { Admission } from "@greenroom/contract";
import type { Devices } from "@greenroom/core/devices";
import { Button, classes } from "@greenroom/ui";
import type { ReactNode } from "react";
import { t } from "../../i18n";
import { DevicePickers } from "../../parts/device_pickers";
import { Preview } from "./preview";

interface WaitingProps {
  devices: Devices;
  heading: ReactNode;
  admission: Admission;
  watching: boolean;
  onLeave: () => void;
}

/** Before the door: still in front of one's own picture, and certain that somebody knows. */
export function Waiting({ devices, heading, admission, watching, onLeave }: WaitingProps) {
  return (
    <main data-theme="dark" className="min-h-dvh" data-testid="waiting-room">
      <div
        className={classes(
          "mx-auto grid gap-x-12 gap-y-6 px-4 py-6 sm:py-12 lg:items-center lg:px-8",
          watching ? "max-w-md" : "max-w-column lg:grid-cols-[minmax(0,1fr)_22rem]",
        )}
      >
        {!watching && (
          <div className="max-lg:order-2 lg:order-1">
            <Preview devices={devices} />
          </div>
        )}
        <div className="flex flex-col gap-4 lg:order-2">
          {heading}
          <div role="status" className="rounded-md border border-accent/50 bg-surface p-4">
            <p className="flex items-center gap-3 font-strong">
              <span className="size-2.5 shrink-0 animate-breathe rounded-full bg-accent" aria-hidden />
              {t("waiting.title")}
            </p>
            <p className="mt-1 text-sm text-text-quiet">{t("waiting.text", { name: admission.participant.name })}</p>
          </div>
          {!watching && <DevicePickers devices={devices} />}
          <Button onClick={onLeave}>{t("control.leave")}</Button>
        </div>
      </div>
    </main>
  );
}
