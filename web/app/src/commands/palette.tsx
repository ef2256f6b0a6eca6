import { Dialog, Keys } from "@greenroom/ui";
import { Command as CommandIcon } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { t } from "../i18n";
import { type Command, useAvailableCommands, useCommands } from "./registry";

/** Ctrl K: everything that can be done here, found by typing. */
export function Palette() {
  const [open, setOpen] = useState(false);
  useCommands(
    useMemo(
      () => [
        {
          id: "palette",
          label: t("palette.title"),
          icon: CommandIcon,
          keys: "Ctrl+K",
          run: () => setOpen((was) => !was),
        },
      ],
      [],
    ),
  );
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t("palette.title")} closeLabel={t("app.close")} bare>
      <PaletteList onDone={() => setOpen(false)} />
    </Dialog>
  );
}

function PaletteList({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useAvailableCommands().filter((command) => command.id !== "palette" && matches(command, text));
  const run = (command: Command | undefined) => {
    if (!command) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") run(commands[chosen]);
    else if (step) setChosen((chosen + step + commands.length) % Math.max(1, commands.length));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={commands[chosen] ? `palette-${commands[chosen].id}` : undefined}
        aria-label={t("palette.placeholder")}
        placeholder={t("palette.placeholder")}
        className="h-14 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-text-quiet"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label={t("palette.title")} className="max-h-80 overflow-y-auto p-2">
        {commands.length === 0 && <p className="px-3 py-6 text-center text-sm text-text-quiet">{t("palette.none")}</p>}
        {commands.map((command, index) => (
          <button
            key={command.id}
            id={`palette-${command.id}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="flex h-11 w-full items-center gap-3 rounded-sm px-3 text-left text-sm aria-selected:bg-raised"
            ref={index === chosen ? intoView : undefined}
            onMouseMove={() => setChosen(index)}
            onClick={() => run(command)}
          >
            <command.icon className="size-4 text-text-quiet" aria-hidden />
            <span className="flex-1">{command.label}</span>
            {command.keys && <Keys keys={command.keys} />}
          </button>
        ))}
      </div>
    </>
  );
}

function intoView(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: "nearest" });
}

function matches(command: Command, text: string): boolean {
  const label = command.label.toLocaleLowerCase();
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => label.includes(word));
}
