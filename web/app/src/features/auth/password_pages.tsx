import { ApiError } from "@greenroom/contract";
import { Button, Notice } from "@greenroom/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../data/api";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { NewPasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { Aside, AuthCard, LINK } from "./auth_card";
import { EmailField } from "./person_fields";
import { SentCard } from "./sent_card";
import { useEnter } from "./use_enter";

export function ForgotPage() {
  const forgot = useMutation({ mutationFn: api.forgotPassword });
  if (forgot.isSuccess) return <SentCard text={t("forgot.sent")} email={forgot.variables} onBack={forgot.reset} />;
  const problems = problemsOf(forgot.error, ["email"]);
  return (
    <AuthCard
      title={t("forgot.title")}
      lead={t("forgot.lead")}
      foot={
        <Aside question={t("forgot.remembered")}>
          <Link to="/login" className={LINK}>
            {t("login.submit")}
          </Link>
        </Aside>
      }
    >
      <form className="flex flex-col gap-4" onSubmit={(event) => forgot.mutate(textsOf(event)("email"))}>
        <EmailField autoFocus problem={problems.of("email")} data-testid="forgot-email" />
        {problems.rest ? <Problem error={problems.rest} /> : null}
        <Button tone="primary" type="submit" busy={forgot.isPending} data-testid="forgot-submit">
          {t("forgot.submit")}
        </Button>
      </form>
    </AuthCard>
  );
}

export function ResetPage({ token }: { token: string }) {
  const enter = useEnter();
  const reset = useMutation({ mutationFn: (password: string) => api.resetPassword(token, password), onSuccess: enter });
  const problems = problemsOf(reset.error, ["password"]);
  const spent = problems.rest instanceof ApiError && !problems.rest.transient;
  return (
    <AuthCard title={t("reset.title")} lead={t("reset.lead")}>
      <form className="flex flex-col gap-4" onSubmit={(event) => reset.mutate(textsOf(event)("password"))}>
        <NewPasswordField
          label={t("reset.password")}
          name="password"
          autoFocus
          problem={problems.of("password")}
          data-testid="reset-password"
        />
        {spent && (
          <Notice kind="problem" title={t("token.spent")}>
            <Link to="/forgot" className={LINK}>
              {t("reset.again")}
            </Link>
          </Notice>
        )}
        {problems.rest && !spent ? <Problem error={problems.rest} /> : null}
        <Button tone="primary" type="submit" busy={reset.isPending} data-testid="reset-submit">
          {t("reset.submit")}
        </Button>
      </form>
    </AuthCard>
  );
}
