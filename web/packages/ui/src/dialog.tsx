import { lazy, type ReactNode, Suspense } from "react";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  /** Without one there is no way past it but through it. */
  closeLabel?: string;
  /** High on the page and without its own heading: for the palette. */
  bare?: boolean;
  children: ReactNode;
}

const DialogBox = lazy(() => import("./dialog_box"));

/** Its code comes when the first one opens: no page needs one to be shown. */
export function Dialog(props: DialogProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <DialogBox {...props} />
    </Suspense>
  );
}
