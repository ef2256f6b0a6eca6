import { Button, Dialog } from "@greenroom/ui";
import { t } from "../../i18n";

interface LeaveDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onLeave: () => void;
}

export function LeaveDialog({ open, onOpenChange, onLeave }: LeaveDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("leave.title")}
      description={t("leave.text")}
      closeLabel={t("app.close")}
    >
      <div className="mt-6 flex justify-end gap-2">
        <Button tone="quiet" onClick={() => onOpenChange(false)}>
          {t("leave.stay")}
        </Button>
        <Button onClick={onLeave} data-testid="leave-confirm">
          {t("leave.leave")}
        </Button>
      </div>
    </Dialog>
  );
}
