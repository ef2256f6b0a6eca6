import { ApiError } from "@greenroom/contract";
import { Button, Field, Notice } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { api } from "../../data/api";
import { meQuery, setupQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { AuthCard } from "./auth_card";

export function LoginPage({ next }: { next: string | undefined }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: setup } = useQuery(setupQuery);
  const logIn = useMutation({
    mutationFn: api.logIn,
    onSuccess: async (me) => {
      client.setQueryData(meQuery.queryKey, me);
      await navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/" });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    logIn.mutate({ email: String(form.get("email")).trim(), password: String(form.get("password")) });
  };
  const wrong = logIn.error instanceof ApiError && logIn.error.status === 401;

  return (
    <AuthCard title={t("login.title")} lead={t("login.lead")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t("setup.email")}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          data-testid="login-email"
        />
        <Field
          label={t("setup.password")}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          data-testid="login-password"
        />
        {wrong && <Notice kind="problem">{t("login.wrong")}</Notice>}
        {logIn.error && !wrong && <Problem error={logIn.error} />}
        <Button tone="primary" type="submit" busy={logIn.isPending} data-testid="login-submit" className="mt-2">
          {t("login.submit")}
        </Button>
      </form>
      {setup?.needed && <Notice className="mt-6">{t("login.setupHint")}</Notice>}
    </AuthCard>
  );
}
