import { ApiError } from "@greenroom/contract";
import { Button, Notice } from "@greenroom/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../data/api";
import { registrationQuery } from "../../data/queries";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { NewPasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { Aside, AuthCard, LINK } from "./auth_card";
import { EmailField, NameField } from "./person_fields";
import { Providers } from "./providers";
import { SentCard } from "./sent_card";

export function RegisterPage() {
  const { data: registration } = useQuery(registrationQuery);
  const register = useMutation({ mutationFn: api.register });
  if (register.isSuccess) {
    const { email } = register.variables;
    return <SentCard text={t("register.sent")} email={email} onBack={register.reset} again={<Again email={email} />} />;
  }
  const closed = registration?.open === false || isClosed(register.error);
  const problems = problemsOf(register.error, ["name", "email", "password"]);
  return (
    <AuthCard
      title={t("register.title")}
      lead={t("register.lead")}
      foot={
        <Aside question={t("register.haveAccount")}>
          <Link to="/login" className={LINK}>
            {t("login.submit")}
          </Link>
        </Aside>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          const text = textsOf(event);
          register.mutate({ name: text("name"), email: text("email"), password: text("password") });
        }}
      >
        <NameField autoFocus problem={problems.of("name")} data-testid="register-name" />
        <EmailField problem={problems.of("email")} data-testid="register-email" />
        <NewPasswordField
          label={t("setup.password")}
          name="password"
          problem={problems.of("password")}
          data-testid="register-password"
        />
        {closed && (
          <Notice kind="problem" title={t("register.closed")}>
            {t("register.closedText")}
          </Notice>
        )}
        {problems.rest && !closed ? <Problem error={problems.rest} /> : null}
        <Button tone="primary" type="submit" busy={register.isPending} className="mt-2" data-testid="register-submit">
          {t("register.submit")}
        </Button>
      </form>
      <Providers />
    </AuthCard>
  );
}

function Again({ email }: { email: string }) {
  const again = useMutation({ mutationFn: () => api.sendVerificationAgain(email) });
  return (
    <div className="mt-6 flex flex-col gap-4">
      {again.isSuccess && <p role="status">{t("sent.onItsWay")}</p>}
      {again.error ? <Problem error={again.error} /> : null}
      <Button tone="primary" busy={again.isPending} onClick={() => again.mutate()} data-testid="mail-again">
        {t("sent.again")}
      </Button>
    </div>
  );
}

function isClosed(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 403;
}
