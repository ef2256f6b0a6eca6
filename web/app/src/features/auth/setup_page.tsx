import { Button, Notice } from "@greenroom/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../data/api";
import { setupQuery } from "../../data/queries";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { NewPasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { AuthCard } from "./auth_card";
import { EmailField, NameField } from "./person_fields";
import { useEnter } from "./use_enter";

/** The one-time link: whoever opens it becomes the owner. */
export function SetupPage({ token }: { token: string | undefined }) {
  const navigate = useNavigate();
  const { data } = useQuery(setupQuery);
  if (data?.needed === false) {
    return (
      <AuthCard title={t("setup.done.title")} lead={t("setup.done.lead")}>
        <Button tone="primary" onClick={() => navigate({ to: "/login" })}>
          {t("login.submit")}
        </Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("setup.title")} lead={t("setup.lead")}>
      {token ? (
        <SetupForm token={token} />
      ) : (
        <Notice title={t("setup.noToken.title")}>{t("setup.noToken.lead")}</Notice>
      )}
    </AuthCard>
  );
}

function SetupForm({ token }: { token: string }) {
  const enter = useEnter();
  const setUp = useMutation({ mutationFn: api.setUp, onSuccess: enter });
  const problems = problemsOf(setUp.error, ["name", "email", "password"]);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        const text = textsOf(event);
        setUp.mutate({ token, name: text("name"), email: text("email"), password: text("password") });
      }}
    >
      <NameField autoFocus problem={problems.of("name")} data-testid="setup-name" />
      <EmailField problem={problems.of("email")} data-testid="setup-email" />
      <NewPasswordField
        label={t("setup.password")}
        name="password"
        data-testid="setup-password"
        problem={problems.of("password")}
      />
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <Button tone="primary" type="submit" busy={setUp.isPending} data-testid="setup-submit" className="mt-2">
        {t("setup.submit")}
      </Button>
    </form>
  );
}
