import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { classes } from "./classes";
import type { DialogProps } from "./dialog";

export default function DialogBox({ open, onOpenChange, title, description, closeLabel, bare, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={description ? undefined : ""}
          className={classes(
            "animate-appear fixed left-1/2 z-50 w-[min(calc(100vw-2rem),30rem)] -translate-x-1/2 rounded-lg border bg-surface text-text shadow-2xl",
            bare ? "top-[12vh] overflow-hidden" : "top-[min(12vh,6rem)] overflow-y-auto p-6",
            !bare && "max-h-[calc(100dvh-min(12vh,6rem)-1rem)]",
          )}
        >
          <Radix.Title className={bare ? "sr-only" : "pr-10 text-lg font-strong"}>{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-sm text-text-quiet">{description}</Radix.Description>}
          {!bare && closeLabel && (
            <Radix.Close
              aria-label={closeLabel}
              className="absolute right-3 top-3 flex size-11 items-center justify-center rounded-md text-text-quiet hover:bg-raised hover:text-text"
            >
              <X className="size-5" aria-hidden />
            </Radix.Close>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
