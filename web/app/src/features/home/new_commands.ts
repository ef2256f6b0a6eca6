import { FolderPlus, Plus } from "lucide-react";
import type { Command } from "../../commands/registry";
import { t } from "../../i18n";

export const newSessionCommand = (open: () => void): Command => ({
  id: "session.new",
  label: t("command.newSession"),
  icon: Plus,
  keys: "N",
  run: open,
});

export const newProjectCommand = (open: () => void): Command => ({
  id: "project.new",
  label: t("command.newProject"),
  icon: FolderPlus,
  keys: "P",
  run: open,
});
