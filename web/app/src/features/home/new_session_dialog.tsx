import { Button, Dialog, Field, Segments } from "@greenroom/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../data/api";
import { sessionsQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";

type Kind = "podcast" | "class" | "call";
const KINDS: Kind[] = ["podcast", "class", "call"];

export function NewSessionDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>("podcast");
  const create = useMutation({
    mutationFn: api.createSession,
    onSuccess: async (session) => {
      void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      onOpenChange(false);
      await navigate({ to: "/sessions/$id", params: { id: session.id } });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title")).trim();
    if (title) create.mutate({ title, kind });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("new.title")}
      description={t("new.lead")}
      closeLabel={t("app.close")}
    >
      <form onSubmit={submit} className="mt-6 flex flex-col gap-4">
        <Field
          label={t("new.name")}
          name="title"
          placeholder={t("new.namePlaceholder")}
          required
          autoFocus
          maxLength={200}
          autoComplete="off"
          data-testid="session-title"
        />
        <Segments
          label={t("new.kind")}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        {create.error && <Problem error={create.error} />}
        <div className="mt-2 flex justify-end gap-2">
          <Button tone="quiet" onClick={() => onOpenChange(false)}>
            {t("app.cancel")}
          </Button>
          <Button tone="primary" type="submit" busy={create.isPending} data-testid="create-session">
            {t("new.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
