import type { LucideIcon } from "lucide-react";
import { useEffect } from "react";
import { createStore, useStore } from "zustand";

/** One thing a person can do here. Buttons, shortcuts, the palette and tooltips all derive from it. */
export interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  /** "N" or "Ctrl+K". */
  keys?: string;
  when?: () => boolean;
  /** Where it stands in the palette: what this page is about comes first, ways elsewhere after it, the way out last. */
  place?: "here" | "elsewhere" | "out";
  run: () => void;
}

const PLACES = { here: 0, elsewhere: 1, out: 2 };

const registry = createStore<{ commands: Command[] }>(() => ({ commands: [] }));

/** Offers these commands for as long as the component is on the screen. */
export function useCommands(commands: Command[]): void {
  useEffect(() => {
    registry.setState((state) => ({ commands: [...state.commands, ...commands] }));
    return () =>
      registry.setState((state) => ({ commands: state.commands.filter((command) => !commands.includes(command)) }));
  }, [commands]);
}

export function useAvailableCommands(): Command[] {
  return useStore(registry, (state) => state.commands)
    .filter((command) => command.when?.() ?? true)
    .sort((a, b) => PLACES[a.place ?? "here"] - PLACES[b.place ?? "here"]);
}

/** Listens for every command's key; letters do nothing while someone is typing. */
export function listenForKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat) return;
    const pressed = keysOf(event);
    if (!pressed.includes("+") && isTyping(event.target)) return;
    const command = registry.getState().commands.findLast((candidate) => candidate.keys === pressed);
    if (!command || command.when?.() === false) return;
    event.preventDefault();
    command.run();
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}

function keysOf(event: KeyboardEvent): string {
  const modifiers = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : ""].filter(Boolean);
  return [...modifiers, event.key.length === 1 ? event.key.toUpperCase() : event.key].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  return (
    element.closest("input:not([type=radio]), textarea, select, [contenteditable], [role=dialog], [role=menu]") !== null
  );
}
