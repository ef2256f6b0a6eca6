import type { Studio } from "@greenroom/core/session";
import { Flag } from "lucide-react";
import type { Command } from "../../../commands/registry";
import { t } from "../../../i18n";

export const setMarker = (studio: Studio): Command => ({
  id: "studio.marker",
  label: t("command.marker"),
  icon: Flag,
  keys: "M",
  when: () => studio.store.getState().phase === "recording",
  run: () => studio.markers.set(),
});
