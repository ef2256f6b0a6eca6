import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import { Notice } from "@greenroom/ui";
import { useStore } from "zustand";
import { t } from "../../i18n";

/** Everything that puts a recording at risk, in words, where nobody can overlook it. */
export function Troubles({ studio, devices }: { studio: Studio; devices: Devices }) {
  const { trouble, phase, paused } = useStore(studio.store);
  const takesPart = useStore(studio.people.store, () => studio.takesPart);
  const given = useStore(studio.consent.store, (state) => state.given);
  const { degraded, writing } = useStore(studio.recorder.store);
  const { micProblem, cameraProblem, cameraOn } = useStore(devices.store);
  const words = [
    trouble && t(phase === "stopping" ? "record.trouble.stop" : "record.trouble.start", { reason: trouble }),
    degraded && t("record.degraded"),
    phase === "recording" && !paused && given && takesPart && writing.length === 0 && t("record.notWriting"),
    micProblem && t(`device.${micProblem}.mic`),
    cameraOn && cameraProblem && t(`device.${cameraProblem}.camera`),
  ];
  const kind = phase === "recording" || phase === "stopping" ? "risk" : "problem";
  return words
    .filter((each) => typeof each === "string")
    .map((each) => (
      <Notice key={each} kind={kind} className="mx-3 mt-3">
        <span className="text-text">{each}</span>
      </Notice>
    ));
}
