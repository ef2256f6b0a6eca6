import { Button, Dialog } from "@greenroom/ui";
import type { ReactNode } from "react";
import { t } from "../i18n";
import { Problem } from "./problem";

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  confirm: string;
  busy?: boolean;
  error?: Error | null;
  onConfirm: () => void;
  children?: ReactNode;
}

/** Before something that cannot be taken back: what it means, and the verb on the button. */
export function ConfirmDialog({ text, confirm, busy, error, onConfirm, children, ...dialog }: ConfirmDialogProps) {
  return (
    <Dialog {...dialog} description={text} closeLabel={t("app.close")}>
      {children}
      {error && (
        <div className="mt-4">
          <Problem error={error} />
        </div>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button tone="quiet" onClick={() => dialog.onOpenChange(false)}>
          {t("app.cancel")}
        </Button>
        <Button onClick={onConfirm} busy={busy} data-testid="confirm">
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
