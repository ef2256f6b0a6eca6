import { Field } from "@greenroom/ui";
import { type ReactNode, useState } from "react";
import { t } from "../i18n";

interface CodeFieldProps {
  /** Where a recovery code does as well. */
  recovery?: boolean;
  problem?: string;
  children?: ReactNode;
}

/** The six digits of an authenticator, or one of the codes kept for the day the phone is lost. */
export function CodeField({ recovery = false, problem }: CodeFieldProps) {
  const [byRecovery, setByRecovery] = useState(false);
  return (
    <div>
      <Field
        key={String(byRecovery)}
        label={t(byRecovery ? "code.recovery" : "code.label")}
        hint={t(byRecovery ? "code.recoveryHint" : "code.hint")}
        problem={problem}
        name="code"
        autoFocus
        required
        autoComplete={byRecovery ? "off" : "one-time-code"}
        inputMode={byRecovery ? "text" : "numeric"}
        pattern={byRecovery ? undefined : "[0-9 ]{6,7}"}
        title={t(byRecovery ? "code.recoveryHint" : "code.hint")}
        maxLength={byRecovery ? 32 : 7}
        spellCheck={false}
        data-testid="code"
      />
      {recovery && (
        <button
          type="button"
          className="mt-1 inline-flex min-h-11 items-center text-sm text-text-quiet underline underline-offset-4 hover:text-text"
          onClick={() => setByRecovery(!byRecovery)}
        >
          {t(byRecovery ? "code.useApp" : "code.useRecovery")}
        </button>
      )}
    </div>
  );
}

/** People type codes with the space that their app shows. */
export function tidyCode(code: string): string {
  return code.replace(/\s+/g, "");
}
