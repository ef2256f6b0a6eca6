import type { Studio } from "@greenroom/core/session";
import { Button, Dialog } from "@greenroom/ui";
import { useStore } from "zustand";
import { t } from "../../i18n";

interface ConsentDialogProps {
  studio: Studio;
  onLeave: () => void;
}

/** Who has not agreed yet when a take runs is neither recorded nor heard until they do; watching needs no consent. */
export function ConsentDialog({ studio, onLeave }: ConsentDialogProps) {
  const given = useStore(studio.consent.store, (state) => state.given);
  const recording = useStore(studio.store, (state) => state.phase === "recording");
  const takesPart = useStore(studio.people.store, () => studio.takesPart);
  return (
    <Dialog
      open={recording && takesPart && !given}
      onOpenChange={() => undefined}
      title={t("consent.title")}
      description={t("consent.text")}
    >
      <p className="mt-4 rounded-md border bg-raised p-3 text-sm">{t("consent.notice")}</p>
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Button tone="quiet" onClick={onLeave}>
          {t("consent.leave")}
        </Button>
        <Button tone="primary" onClick={() => studio.consent.agree(t("consent.notice"))} data-testid="consent-agree">
          {t("consent.agree")}
        </Button>
      </div>
    </Dialog>
  );
}
