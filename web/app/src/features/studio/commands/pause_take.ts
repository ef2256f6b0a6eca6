import type { Studio } from "@greenroom/core/session";
import { Pause } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const pauseTake = (studio: Studio): Command => ({
  id: "studio.pause",
  label: t("command.pause"),
  icon: Pause,
  keys: "K",
  when: () => studio.store.getState().phase === "recording",
  run: () => void (studio.store.getState().paused ? studio.resumeTake() : studio.pauseTake()),
});
