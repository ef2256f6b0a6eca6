import type { Studio } from "@greenroom/core/session";
import { Circle } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const record = (studio: Studio): Command => ({
  id: "studio.record",
  label: t("command.record"),
  icon: Circle,
  keys: "R",
  when: () => studio.may("record") && studio.store.getState().phase !== "stopping",
  run: () => {
    if (studio.store.getState().phase === "recording") void studio.stopTake();
    else void studio.startTake();
  },
});
