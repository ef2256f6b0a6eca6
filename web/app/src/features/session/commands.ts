import { Copy, DoorOpen } from "lucide-react";
import type { Command } from "../../commands/registry";
import { t } from "../../i18n";
import { copyText } from "../../parts/copy_button";

export function sessionCommands({ guestLink, enter }: { guestLink?: string; enter: () => void }): Command[] {
  return [
    { id: "session.enter", label: t("command.enterStudio"), icon: DoorOpen, keys: "E", run: enter },
    {
      id: "session.copyInvite",
      label: t("command.copyInvite"),
      icon: Copy,
      keys: "I",
      when: () => guestLink !== undefined,
      run: () => void copyText(location.origin + guestLink),
    },
  ];
}
