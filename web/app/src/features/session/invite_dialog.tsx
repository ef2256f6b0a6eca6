import type { Role } from "@greenroom/contract";
import { Button, Choice, Dialog, Field } from "@greenroom/ui";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../data/api";
import { sessionInvitesQuery } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { fromLocalInput, timeZone } from "../../parts/local_time";
import { Problem } from "../../parts/problem";

const ROLES: Role[] = ["speaker", "viewer", "cohost"];

interface InviteDialogProps {
  sessionId: string;
  open: boolean;
  onClose: () => void;
}

export function InviteDialog({ sessionId, open, onClose }: InviteDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      title={t("invites.new")}
      description={t("invites.newText")}
      closeLabel={t("app.close")}
    >
      <InviteForm sessionId={sessionId} onClose={onClose} />
    </Dialog>
  );
}

function InviteForm({ sessionId, onClose }: { sessionId: string; onClose: () => void }) {
  const client = useQueryClient();
  const [role, setRole] = useState<Role>("speaker");
  const create = useCreate(
    (invite: { role: Role; expiresAt?: string; usesMax?: number }, intent: string) =>
      api.createSessionInvite(sessionId, invite, intent),
    {
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: sessionInvitesQuery(sessionId).queryKey });
        onClose();
      },
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const text = textsOf(event);
    const expiresAt = fromLocalInput(text("expires"));
    const usesMax = Number(text("uses"));
    create.mutate({ role, ...(expiresAt && { expiresAt }), ...(usesMax && { usesMax }) });
  };
  const problems = problemsOf(create.error, ["expiresAt", "usesMax"]);
  return (
    <form className="mt-6 flex flex-col gap-4" onSubmit={submit}>
      <Choice
        label={t("invites.role")}
        value={role}
        onChange={setRole}
        hint={t(`role.${role}.may`)}
        options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
        testid="invite-role"
      />
      <div className="grid gap-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Field
          label={t("invites.expires")}
          name="expires"
          type="datetime-local"
          hint={timeZone()}
          problem={problems.of("expiresAt")}
        />
        <Field
          label={t("invites.usesMax")}
          name="uses"
          type="number"
          inputMode="numeric"
          min={1}
          placeholder={t("invites.unlimited")}
          problem={problems.of("usesMax")}
        />
      </div>
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" type="submit" busy={create.isPending} data-testid="create-invite">
          {t("invites.create")}
        </Button>
      </div>
    </form>
  );
}
