import { ApiError } from "@greenroom/contract";
import { Button } from "@greenroom/ui";
import { t } from "../../i18n";
import { CodeField, tidyCode } from "../../parts/code_field";
import { textsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";
import { AuthCard } from "./auth_card";

interface SecondFactorProps {
  busy: boolean;
  error: Error | null;
  onCode: (code: string) => void;
  onBack?: () => void;
}

export function needsCode(error: unknown): boolean {
  return error instanceof ApiError && error.code === "people.code_needed";
}

/** The password was right; now the code. */
export function SecondFactor({ busy, error, onCode, onBack }: SecondFactorProps) {
  const refused = error instanceof ApiError && error.status === 401;
  const wrong = refused && !needsCode(error);
  return (
    <AuthCard title={t("code.title")} lead={t("code.lead")}>
      <form
        onSubmit={(event) => onCode(tidyCode(textsOf(event)("code")))}
        className="flex flex-col gap-4"
        data-testid="second-factor"
      >
        <CodeField recovery problem={wrong ? t("code.wrong") : undefined} />
        {error && !refused && <Problem error={error} />}
        <Button tone="primary" type="submit" busy={busy} data-testid="code-submit">
          {t("login.submit")}
        </Button>
        {onBack && (
          <Button tone="quiet" onClick={onBack}>
            {t("app.back")}
          </Button>
        )}
      </form>
    </AuthCard>
  );
}
