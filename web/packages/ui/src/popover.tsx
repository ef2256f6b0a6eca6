import { Popover as RadixPopover } from "radix-ui";
import type { ReactNode } from "react";
import { PANEL } from "./panel_look";

export function Popover({ trigger, label, children }: { trigger: ReactNode; label: string; children: ReactNode }) {
  return (
    <RadixPopover.Root>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          aria-label={label}
          sideOffset={8}
          collisionPadding={8}
          className={`${PANEL} w-[min(22rem,calc(100vw-1rem))] p-4`}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
