import { Signal } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const showConnection = (open: () => void): Command => ({
  id: "studio.connection",
  label: t("command.connection"),
  icon: Signal,
  keys: "Q",
  run: open,
});
