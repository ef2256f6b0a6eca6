import type { CreatedApiKey, Scope } from "@greenroom/contract";
import { Button, Choice, Field, Tick } from "@greenroom/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../data/api";
import { apiKeysQuery } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";

const SCOPES: Scope[] = ["sessions:read", "sessions:write", "media:read", "workspace:read", "workspace:write"];
const LIVES = ["30", "90", "365", "never"] as const;
const DAY_MS = 86_400_000;

interface NewKeyFormProps {
  onMade: (made: CreatedApiKey) => void;
  onCancel: () => void;
}

export function NewKeyForm({ onMade, onCancel }: NewKeyFormProps) {
  const client = useQueryClient();
  const [scopes, setScopes] = useState<Scope[]>(["sessions:read"]);
  const [life, setLife] = useState<(typeof LIVES)[number]>("90");
  const create = useCreate(api.createApiKey, {
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
      onMade(made);
    },
  });
  const toggle = (scope: Scope) =>
    setScopes((before) => (before.includes(scope) ? before.filter((each) => each !== scope) : [...before, scope]));
  // On a whole day, so that pressing twice asks for the same thing.
  const expiresAt = () => new Date((Math.ceil(Date.now() / DAY_MS) + Number(life)) * DAY_MS).toISOString();
  const problems = problemsOf(create.error, ["name", "scopes"]);
  return (
    <form
      className="mt-6 flex flex-col gap-4"
      onSubmit={(event) => {
        const name = textsOf(event)("name");
        create.mutate({ name, scopes, ...(life !== "never" && { expiresAt: expiresAt() }) });
      }}
    >
      <Field
        label={t("keys.name")}
        name="name"
        placeholder={t("keys.namePlaceholder")}
        required
        autoFocus
        maxLength={80}
        autoComplete="off"
        problem={problems.of("name")}
        data-testid="key-name"
      />
      <fieldset>
        <legend className="mb-1 text-sm font-strong">{t("keys.scopes")}</legend>
        {SCOPES.map((scope) => (
          <Tick
            key={scope}
            label={t(`scope.${scope}`)}
            checked={scopes.includes(scope)}
            onChange={() => toggle(scope)}
          />
        ))}
        {(scopes.length === 0 || problems.of("scopes")) && (
          <p className="text-sm text-text-quiet">{problems.of("scopes") ?? t("keys.noScope")}</p>
        )}
      </fieldset>
      <Choice
        label={t("keys.life")}
        value={life}
        onChange={setLife}
        options={LIVES.map((value) => ({ value, label: t(`keys.life.${value}`) }))}
      />
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <div className="flex justify-end gap-2">
        <Button tone="quiet" onClick={onCancel}>
          {t("app.cancel")}
        </Button>
        <Button
          tone="primary"
          type="submit"
          busy={create.isPending}
          disabled={scopes.length === 0}
          data-testid="create-key"
        >
          {t("keys.create")}
        </Button>
      </div>
    </form>
  );
}
