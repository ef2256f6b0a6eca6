import { Check } from "lucide-react";
import { t } from "../i18n";

/** Beside a save button: says that it is done, without moving anything. */
export function SavedMark({ shown }: { shown: boolean }) {
  return (
    <span role="status" className="inline-flex min-w-20 items-center gap-1.5 text-sm text-text-quiet">
      {shown && (
        <>
          <Check className="size-4 text-accent" aria-hidden />
          {t("app.saved")}
        </>
      )}
    </span>
  );
}
