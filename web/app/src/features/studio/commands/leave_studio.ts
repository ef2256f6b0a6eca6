import { LogOut } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const leaveStudio = (leave: () => void): Command => ({
  id: "studio.leave",
  label: t("command.leave"),
  icon: LogOut,
  keys: "L",
  run: leave,
});
