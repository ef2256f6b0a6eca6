import type { Devices } from "@greenroom/core/devices";
import { Button, Choice, LevelMeter, Notice, Segments } from "@greenroom/ui";
import { useCallback } from "react";
import { useStore } from "zustand";
import { t } from "../i18n";

export function DevicePickers({ devices }: { devices: Devices }) {
  const { microphones, cameras, choices, micProblem } = useStore(devices.store);
  const readLevel = useCallback(() => devices.sound.level(), [devices]);
  return (
    <>
      <div>
        <Choice
          label={t("join.mic")}
          value={choices.microphoneId ?? ""}
          options={optionsOf(microphones)}
          onChange={(microphoneId) => void devices.choose({ microphoneId })}
          testid="mic-picker"
        />
        <LevelMeter read={readLevel} label={t("join.level")} testid="mic-level" className="mt-2" />
        {micProblem && (
          <Notice
            kind="problem"
            className="mt-2"
            action={micProblem === "denied" && <Button onClick={() => void devices.open()}>{t("app.tryAgain")}</Button>}
          >
            {t(`device.${micProblem}.mic`)}
          </Notice>
        )}
      </div>
      <div className="grid grid-cols-[3fr_2fr] gap-3">
        <Choice
          label={t("join.camera")}
          value={choices.cameraId ?? ""}
          options={optionsOf(cameras)}
          onChange={(cameraId) => void devices.choose({ cameraId })}
          testid="camera-picker"
        />
        <Choice
          label={t("join.quality")}
          value={choices.quality}
          options={(["720p", "360p"] as const).map((value) => ({ value, label: t(`join.quality.${value}`) }))}
          onChange={(quality) => void devices.choose({ quality })}
          testid="camera-quality"
        />
      </div>
      <div>
        <Segments
          label={t("join.headphones")}
          value={choices.headphones ? "yes" : "no"}
          onChange={(answer) => void devices.choose({ headphones: answer === "yes" })}
          options={[
            { value: "yes", label: t("join.headphones.yes"), testid: "headphones-yes" },
            { value: "no", label: t("join.headphones.no"), testid: "headphones-no" },
          ]}
        />
        <p className="mt-1 min-h-8 text-xs text-text-quiet">
          {t(choices.headphones ? "join.headphones.yesHint" : "join.headphones.noHint")}
        </p>
      </div>
    </>
  );
}

function optionsOf(devices: MediaDeviceInfo[]): { value: string; label: string }[] {
  const named = devices.filter((device) => device.deviceId && device.deviceId !== "default");
  return [
    { value: "", label: t("join.defaultDevice") },
    ...named.map((device, index) => ({ value: device.deviceId, label: device.label || `${index + 1}` })),
  ];
}
