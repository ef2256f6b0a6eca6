import { Users } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const showPeople = (toggle: () => void): Command => ({
  id: "studio.people",
  label: t("command.people"),
  icon: Users,
  keys: "P",
  run: toggle,
});
