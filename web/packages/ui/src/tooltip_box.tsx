import { autoUpdate, flip, hide, offset, shift, useFloating } from "@floating-ui/react-dom";
import { createPortal } from "react-dom";
import { Keys } from "./keys";

interface TooltipBoxProps {
  id: string;
  anchor: HTMLElement;
  label: string;
  keys?: string;
  onEnter: () => void;
  onLeave: () => void;
}

export default function TooltipBox({ id, anchor, label, keys, onEnter, onLeave }: TooltipBoxProps) {
  const { refs, floatingStyles, middlewareData, isPositioned } = useFloating({
    placement: "top",
    strategy: "fixed",
    transform: false,
    elements: { reference: anchor },
    middleware: [offset(6), flip(), shift({ padding: 8 }), hide()],
    whileElementsMounted: autoUpdate,
  });
  const visible = isPositioned && !middlewareData.hide?.referenceHidden;
  return createPortal(
    <div
      ref={refs.setFloating}
      id={id}
      role="tooltip"
      style={{ ...floatingStyles, visibility: visible ? "visible" : "hidden" }}
      className="animate-appear z-50 flex w-max max-w-[min(20rem,calc(100vw-1rem))] items-center gap-2 rounded-sm border bg-raised px-2 py-1 text-xs text-text shadow-lg"
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
    >
      {label}
      {keys && <Keys keys={keys} />}
    </div>,
    document.body,
  );
}
