import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { MenuEntry, MenuProps } from "./menu";
import { PANEL } from "./panel_look";

/** Opens as it comes: somebody has just asked for it. */
export default function MenuBox({ trigger, items, align = "end" }: MenuProps) {
  return (
    <Radix.Root modal={false} defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={`${PANEL} max-h-(--radix-dropdown-menu-content-available-height) max-w-[calc(100vw-1rem)] min-w-52 overflow-y-auto p-1`}
        >
          {items.map(entryOf)}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function entryOf(entry: MenuEntry) {
  if ("separator" in entry) return <Radix.Separator key={entry.id} className="my-1 border-t" />;
  if ("heading" in entry) {
    return (
      <Radix.Label key={entry.id} className="truncate px-3 pt-2 pb-1 text-xs text-text-quiet">
        {entry.heading}
      </Radix.Label>
    );
  }
  const { id, label, note, icon, checked, disabled, onSelect } = entry;
  const inside = (
    <>
      {icon}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{label}</span>
        {note && <span className="block truncate text-xs text-text-quiet">{note}</span>}
      </span>
      {checked && <Check className="size-4 text-accent" aria-hidden />}
    </>
  );
  const look =
    "flex min-h-11 cursor-pointer items-center gap-3 rounded-sm px-3 py-1 text-sm outline-none data-disabled:opacity-50 " +
    "data-highlighted:bg-raised";
  if (checked === undefined) {
    return (
      <Radix.Item key={id} disabled={disabled} onSelect={onSelect} className={look}>
        {inside}
      </Radix.Item>
    );
  }
  return (
    <Radix.CheckboxItem key={id} checked={checked} disabled={disabled} onSelect={onSelect} className={look}>
      {inside}
    </Radix.CheckboxItem>
  );
}
