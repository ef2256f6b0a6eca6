import type { Devices } from "@greenroom/core/devices";
import { Button, classes, Field, Notice, Tick } from "@greenroom/ui";
import { type FormEvent, type ReactNode, useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { DevicePickers } from "../../parts/device_pickers";
import { Problem } from "../../parts/problem";
import { Checks } from "./checks";
import { Preview } from "./preview";

interface GreenRoomProps {
  devices: Devices;
  /** What the person is about to enter. */
  heading: ReactNode;
  askName: boolean;
  /** Somebody who only watches needs no microphone and no camera. */
  watching: boolean;
  takeRunning: boolean;
  busy: boolean;
  error: unknown;
  /** With whether they agree to be recorded. */
  onJoin: (name: string, agreed: boolean) => void;
}

/** Before the studio: see yourself, hear that you are heard, say your name. Nothing here ever blocks joining. */
export function GreenRoom({ devices, heading, askName, watching, takeRunning, busy, error, onJoin }: GreenRoomProps) {
  const { choices, opening } = useStore(devices.store);
  const [name, setName] = useState(choices.name);
  const [agreed, setAgreed] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    if (askName && !given) return;
    if (askName) void devices.choose({ name: given });
    void devices.sound.resume();
    onJoin(given, agreed);
  };
  return (
    <main data-theme="dark" className="min-h-dvh" data-testid="green-room" data-opening={opening && !watching}>
      <div
        className={classes(
          "mx-auto grid gap-x-12 gap-y-6 px-4 py-6 sm:py-12 lg:items-center lg:px-8",
          watching ? "max-w-md" : "max-w-column lg:grid-cols-[minmax(0,1fr)_22rem]",
        )}
      >
        {!watching && (
          <div className="lg:order-1">
            <Preview devices={devices} />
            <Checks />
          </div>
        )}
        <form onSubmit={submit} className="flex flex-col gap-4 lg:order-2">
          {heading}
          {takeRunning && !watching && <Notice>{t("join.recordingNow")}</Notice>}
          {askName && (
            <Field
              label={t("join.name")}
              placeholder={t("join.namePlaceholder")}
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="name"
              required
              maxLength={80}
              autoFocus
              data-testid="join-name"
            />
          )}
          {!watching && <DevicePickers devices={devices} />}
          {error !== undefined && error !== null && <Problem title={t("join.failed")} error={error} />}
          {!watching && (
            <Tick
              label={t("join.agree")}
              hint={t("consent.notice")}
              checked={agreed}
              onChange={(event) => setAgreed(event.target.checked)}
              data-testid="join-consent"
            />
          )}
          <Button tone="primary" type="submit" busy={busy} data-testid="join" className="mt-2">
            {t(watching ? "join.watch" : "join.submit")}
          </Button>
          <p className="text-xs text-text-quiet">{t(watching ? "join.watchHint" : "join.agreeLater")}</p>
        </form>
      </div>
    </main>
  );
}
