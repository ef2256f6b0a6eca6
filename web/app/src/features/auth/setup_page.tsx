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
  const navigate = useNavigate();
  const client = useQueryClient();
  const setUp = useMutation({
    mutationFn: api.setUp,
    onSuccess: async (me) => {
      client.setQueryData(meQuery.queryKey, me);
      client.setQueryData(setupQuery.queryKey, undefined);
      await navigate({ to: "/" });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    setUp.mutate({ token, name: text("name"), email: text("email"), password: String(form.get("password")) });
  };
  const problemOf = (field: string) =>
    setUp.error instanceof ApiError ? setUp.error.fields.find((entry) => entry.field === field)?.message : undefined;
  const unplaced = setUp.error && !["name", "email", "password"].some(problemOf);

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label={t("setup.name")}
        name="name"
        autoComplete="name"
        required
        autoFocus
        data-testid="setup-name"
        problem={problemOf("name")}
      />
      <Field
        label={t("setup.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        data-testid="setup-email"
        problem={problemOf("email")}
      />
      <Field
        label={t("setup.password")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={10}
        data-testid="setup-password"
        hint={t("setup.passwordHint")}
        problem={problemOf("password")}
      />
      {unplaced && <Problem error={setUp.error} />}
      <Button tone="primary" type="submit" busy={setUp.isPending} data-testid="setup-submit" className="mt-2">
        {t("setup.submit")}
      </Button>
    </form>
  );
}
