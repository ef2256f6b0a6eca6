import type { Devices } from "@greenroom/core/devices";
import { MonitorUp } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const shareScreen = (devices: Devices): Command => ({
  id: "studio.screen",
  label: t("command.shareScreen"),
  icon: MonitorUp,
  keys: "S",
  when: () => typeof navigator.mediaDevices?.getDisplayMedia === "function",
  run: () => {
    if (devices.store.getState().screen) devices.stopScreen();
    else void devices.shareScreen();
  },
});
