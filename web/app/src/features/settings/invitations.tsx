import type { WorkspaceInvitation, WorkspaceRole } from "@greenroom/contract";
import { Button, Choice, Field, Panel, Row, Rows } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api } from "../../data/api";
import { invitationsQuery } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { t, when } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { ListStates } from "../../parts/list_states";
import { Problem } from "../../parts/problem";

const INVITED: WorkspaceRole[] = ["member", "editor", "admin", "owner"];

export function InvitationsPanel({ myRole }: { myRole: WorkspaceRole }) {
  const invitations = useQuery(invitationsQuery);
  return (
    <Panel title={t("invitations.title")} lead={t("invitations.text")} testid="invitations">
      <InviteForm myRole={myRole} />
      <div className="mt-6">
        <ListStates query={invitations} failed={t("invitations.failed")}>
          {(items) =>
            items.length === 0 ? (
              <p className="text-sm text-text-quiet">{t("invitations.none")}</p>
            ) : (
              <Rows label={t("invitations.open")}>
                {items.map((invitation) => (
                  <InvitationRow key={invitation.id} invitation={invitation} />
                ))}
              </Rows>
            )
          }
        </ListStates>
      </div>
    </Panel>
  );
}

function InviteForm({ myRole }: { myRole: WorkspaceRole }) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [role, setRole] = useState<WorkspaceRole>("editor");
  const invite = useCreate(api.invitePerson, {
    onSuccess: () => {
      form.current?.reset();
      return client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
    },
  });
  const problems = problemsOf(invite.error, ["email"]);
  return (
    <form
      ref={form}
      className="flex flex-col gap-4"
      onSubmit={(event) => invite.mutate({ email: textsOf(event)("email"), role })}
    >
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem_auto] sm:items-start">
        <Field
          label={t("setup.email")}
          name="email"
          type="email"
          required
          autoComplete="off"
          problem={problems.of("email")}
          data-testid="invite-email"
        />
        <Choice
          label={t("members.role")}
          value={role}
          onChange={setRole}
          options={INVITED.filter((value) => value !== "owner" || myRole === "owner").map((value) => ({
            value,
            label: t(`workspaceRole.${value}`),
          }))}
        />
        <Button type="submit" tone="primary" className="sm:mt-6" busy={invite.isPending} data-testid="invite-submit">
          {t("invitations.send")}
        </Button>
      </div>
      <p className="text-sm text-text-quiet">{t(`workspaceRole.${role}.may`)}</p>
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <p role="status" className="sr-only">
        {invite.isSuccess ? t("invitations.sent") : ""}
      </p>
    </form>
  );
}

function InvitationRow({ invitation }: { invitation: WorkspaceInvitation }) {
  const client = useQueryClient();
  const { id, email, role, expiresAt } = invitation;
  const revoke = useMutation({
    mutationFn: () => api.revokeInvitation(id),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  return (
    <Row testid="invitation">
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate text-sm font-strong">{email}</p>
        <p className="numbers text-sm text-text-quiet">
          {[t(`workspaceRole.${role}`), expiresAt && t("invitations.until", { when: when(expiresAt, "inside") })]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <Button
        busy={revoke.isPending}
        onClick={() => revoke.mutate()}
        aria-label={t("invitations.revokeNamed", { email })}
      >
        {t("invitations.revoke")}
      </Button>
      {revoke.error && <Problem error={revoke.error} />}
    </Row>
  );
}
