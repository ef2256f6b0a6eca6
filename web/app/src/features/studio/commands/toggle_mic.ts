import type { Devices } from "@greenroom/core/devices";
import { Mic } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const toggleMic = (devices: Devices): Command => ({
  id: "studio.mic",
  label: t("command.toggleMic"),
  icon: Mic,
  keys: "A",
  run: () => devices.setMicOn(!devices.store.getState().micOn),
});
