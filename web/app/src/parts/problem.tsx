import { ApiError } from "@greenroom/contract";
import { Button, Notice } from "@greenroom/ui";
import { t } from "../i18n";

/** An error in words, with the code small beneath it and a way to try again. */
export function Problem({ title, error, onRetry }: { title?: string; error: unknown; onRetry?: () => void }) {
  const words = error instanceof Error ? error.message : String(error);
  const code = error instanceof ApiError ? [error.code, error.requestId].filter(Boolean).join(" · ") : undefined;
  return (
    <Notice
      kind="problem"
      title={title ?? words}
      action={onRetry && <Button onClick={onRetry}>{t("app.tryAgain")}</Button>}
    >
      {title && <p>{words}</p>}
      {code && <p className="mt-1 select-all text-xs">{t("app.code", { code })}</p>}
    </Notice>
  );
}
