import type { ApiKey, CreatedApiKey } from "@greenroom/contract";
import { Button, Dialog, Empty, Panel, Row, Rows, Tag } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommands } from "../../commands/registry";
import { api } from "../../data/api";
import { apiKeysQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { CopyButton } from "../../parts/copy_button";
import { ListStates } from "../../parts/list_states";
import { NewKeyForm } from "./new_key_form";
import { SettingsHeading } from "./settings_layout";

export function KeysPage() {
  const keys = useQuery(apiKeysQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedApiKey>();
  useCommands(
    useMemo(() => [{ id: "keys.new", label: t("keys.new"), icon: Plus, keys: "N", run: () => setMaking(true) }], []),
  );
  const close = () => {
    setMaking(false);
    setMade(undefined);
  };
  const add = (
    <Button onClick={() => setMaking(true)} data-testid="new-key">
      <Plus className="size-4" aria-hidden />
      {t("keys.new")}
    </Button>
  );
  return (
    <>
      <SettingsHeading title={t("settings.keys")} lead={t("keys.lead")} />
      <ListStates query={keys} failed={t("keys.failed")}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<KeyRound className="size-5" />} title={t("keys.empty")} action={add}>
              {t("keys.emptyText")}
            </Empty>
          ) : (
            <Panel title={t("keys.title")} lead={t("keys.text")} action={add}>
              <Rows label={t("keys.title")}>
                {items.map((key) => (
                  <KeyRow key={key.id} apiKey={key} />
                ))}
              </Rows>
            </Panel>
          )
        }
      </ListStates>
      <Dialog
        open={making}
        onOpenChange={(open) => !open && close()}
        title={t(made ? "keys.made" : "keys.new")}
        description={t(made ? "keys.madeText" : "keys.newText")}
        closeLabel={t("app.close")}
      >
        {made ? <MadeKey made={made} onDone={close} /> : <NewKeyForm onMade={setMade} onCancel={close} />}
      </Dialog>
    </>
  );
}

function MadeKey({ made, onDone }: { made: CreatedApiKey; onDone: () => void }) {
  return (
    <div className="mt-6 flex flex-col gap-4">
      <p
        className="numbers rounded-md border bg-ground p-4 text-sm break-all select-all"
        data-testid="made-key"
        data-key={made.key}
      >
        {made.key}
      </p>
      <div className="flex justify-end gap-2">
        <CopyButton text={made.key} label={t("keys.copy")} />
        <Button tone="primary" onClick={onDone} data-testid="key-done">
          {t("app.done")}
        </Button>
      </div>
    </div>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.revokeApiKey(apiKey.id),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  });
  const { name, prefix, scopes, lastUsedAt, expiresAt } = apiKey;
  return (
    <Row testid="api-key">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex items-baseline gap-3 text-sm">
          <span className="truncate font-strong">{name}</span>
          <span className="numbers text-text-quiet">{t("keys.begins", { prefix })}</span>
        </p>
        <p className="numbers text-sm text-text-quiet">
          {[
            lastUsedAt ? t("keys.used", { when: when(lastUsedAt, "inside") }) : t("keys.unused"),
            expiresAt && t("keys.expires", { when: when(expiresAt, "inside") }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
        <p className="mt-2 flex flex-wrap gap-1">
          {scopes.map((scope) => (
            <Tag key={scope}>{t(`scope.${scope}`)}</Tag>
          ))}
        </p>
      </div>
      <Button onClick={() => setAsking(true)} aria-label={t("keys.revokeNamed", { name })}>
        {t("keys.revoke")}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("keys.revokeTitle", { name })}
        text={t("keys.revokeText")}
        confirm={t("keys.revoke")}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      />
    </Row>
  );
}
