import { Plus } from "lucide-react";
import type { Command } from "../../commands/registry";
import { t } from "../../i18n";

export const newSessionCommand = (open: () => void): Command => ({
  id: "session.new",
  label: t("command.newSession"),
  icon: Plus,
  keys: "N",
  run: open,
});
