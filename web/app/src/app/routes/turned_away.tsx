import { Button, Empty } from "@greenroom/ui";
import { DoorClosed } from "lucide-react";
import { t } from "../../i18n";

/** The host has said no, or has taken this person out. What was recorded here goes on uploading. */
export function TurnedAway({ why, onBack }: { why: "refused" | "removed"; onBack?: () => void }) {
  return (
    <main data-theme="dark" className="flex min-h-dvh items-center justify-center px-4" data-testid="turned-away">
      <div className="w-full max-w-xl">
        <Empty
          alone
          icon={<DoorClosed className="size-5" />}
          title={t(`away.${why}.title`)}
          action={onBack && <Button onClick={onBack}>{t("app.home")}</Button>}
        >
          {t(`away.${why}.text`)}
        </Empty>
      </div>
    </main>
  );
}
