import type { Devices } from "@greenroom/core/devices";
import { Video } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const toggleCamera = (devices: Devices): Command => ({
  id: "studio.camera",
  label: t("command.toggleCamera"),
  icon: Video,
  keys: "V",
  run: () => void devices.setCameraOn(!devices.store.getState().cameraOn),
});
