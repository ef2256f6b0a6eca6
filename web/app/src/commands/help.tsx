import { Dialog, Keys } from "@greenroom/ui";
import { Keyboard } from "lucide-react";
import { useMemo, useState } from "react";
import { t } from "../i18n";
import { useAvailableCommands, useCommands } from "./registry";

/** Every key that does something on this page. */
export function KeyboardHelp() {
  const [open, setOpen] = useState(false);
  useCommands(
    useMemo(
      () => [
        { id: "help.keys", label: t("help.keys"), icon: Keyboard, keys: "?", place: "out", run: () => setOpen(true) },
      ],
      [],
    ),
  );
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t("help.keys")} closeLabel={t("app.close")}>
      <KeyList />
    </Dialog>
  );
}

function KeyList() {
  const commands = useAvailableCommands().filter((command) => command.keys);
  return (
    <dl className="mt-4 divide-y text-sm">
      {commands.map(({ id, label, keys = "" }) => (
        <div key={id} className="flex min-h-11 items-center justify-between gap-4">
          <dt>{label}</dt>
          <dd>
            <Keys keys={keys} />
            <span className="sr-only">{keys}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
