import type { Devices } from "@greenroom/core/devices";
import { Dialog } from "@greenroom/ui";
import { t } from "../../i18n";
import { DevicePickers } from "../../parts/device_pickers";

interface DevicesDialogProps {
  devices: Devices;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Another microphone or camera in the middle of everything: the recording goes on with it. */
export function DevicesDialog({ devices, open, onOpenChange }: DevicesDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("control.settings")}
      description={t("control.settings.text")}
      closeLabel={t("app.close")}
    >
      <div className="mt-6 flex flex-col gap-4">
        <DevicePickers devices={devices} />
      </div>
    </Dialog>
  );
}
