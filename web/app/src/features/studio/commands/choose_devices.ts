import { SlidersHorizontal } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const chooseDevices = (open: () => void): Command => ({
  id: "studio.devices",
  label: t("control.settings"),
  icon: SlidersHorizontal,
  keys: "D",
  run: open,
});
