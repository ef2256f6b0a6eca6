import { ApiError } from "@greenroom/contract";
import { Button, Panel } from "@greenroom/ui";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { api } from "../../data/api";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { NewPasswordField, PasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { SavedMark } from "../../parts/saved_mark";
import { SettingsHeading } from "./settings_layout";
import { TwoFactorPanel } from "./two_factor";

export function SecurityPage() {
  return (
    <>
      <SettingsHeading title={t("settings.security")} lead={t("security.lead")} />
      <PasswordPanel />
      <TwoFactorPanel />
    </>
  );
}

function PasswordPanel() {
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({ mutationFn: api.changePassword, onSuccess: () => form.current?.reset() });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const text = textsOf(event);
    change.mutate({ current: text("current"), new: text("newPassword") });
  };
  const problems = problemsOf(change.error, ["current", "new"]);
  const refused = problems.rest instanceof ApiError && (problems.rest.status === 401 || problems.rest.status === 403);
  return (
    <Panel title={t("password.title")} lead={t("password.text")}>
      <form ref={form} className="flex max-w-sm flex-col gap-4" onSubmit={submit}>
        <PasswordField
          label={t("password.current")}
          name="current"
          autoComplete="current-password"
          required
          problem={refused ? t("password.wrong") : problems.of("current")}
          data-testid="password-current"
        />
        <NewPasswordField
          label={t("password.new")}
          name="newPassword"
          problem={problems.of("new")}
          data-testid="password-new"
        />
        {problems.rest && !refused ? <Problem error={problems.rest} /> : null}
        <div className="flex items-center gap-3">
          <Button type="submit" busy={change.isPending} data-testid="save-password">
            {t("password.submit")}
          </Button>
          <SavedMark shown={change.isSuccess} />
        </div>
      </form>
    </Panel>
  );
}
