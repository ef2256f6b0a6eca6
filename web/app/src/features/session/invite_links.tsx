import type { SessionDetail, SessionInvite } from "@greenroom/contract";
import { Button, Panel, Row, Rows, Tag } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../data/api";
import { sessionInvitesQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { CopyButton } from "../../parts/copy_button";
import { ListStates } from "../../parts/list_states";
import { InviteDialog } from "./invite_dialog";

/** The ways in, one link per role and purpose. The first, for guests, is made with the session. */
export function InviteLinks({ session }: { session: SessionDetail }) {
  const invites = useQuery(sessionInvitesQuery(session.id));
  const [making, setMaking] = useState(false);
  return (
    <Panel
      className="mt-8"
      title={t("invites.title")}
      lead={t(session.lobby ? "invites.textLobby" : "invites.text")}
      testid="invites"
      action={
        <Button onClick={() => setMaking(true)} data-testid="new-invite">
          <Plus className="size-4" aria-hidden />
          {t("invites.new")}
        </Button>
      }
    >
      <ListStates query={invites} failed={t("invites.failed")}>
        {(items) =>
          items.length === 0 ? (
            <p className="text-sm text-text-quiet">{t("invites.none")}</p>
          ) : (
            <Rows label={t("invites.title")}>
              {items.map((invite) => (
                <InviteRow
                  key={invite.id}
                  sessionId={session.id}
                  invite={invite}
                  guest={invite.link === session.guestLink}
                />
              ))}
            </Rows>
          )
        }
      </ListStates>
      <InviteDialog sessionId={session.id} open={making} onClose={() => setMaking(false)} />
    </Panel>
  );
}

interface InviteRowProps {
  sessionId: string;
  invite: SessionInvite;
  guest: boolean;
}

function InviteRow({ sessionId, invite, guest }: InviteRowProps) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.revokeSessionInvite(sessionId, invite.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["session", sessionId] }),
  });
  const link = location.origin + invite.link;
  const role = t(`role.${invite.role}`);
  return (
    <Row testid="invite">
      <div className="flex min-w-0 flex-1 basis-full flex-col gap-2 sm:basis-64">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <Tag className="text-text">{role}</Tag>
          <span className="numbers text-text-quiet">{usesOf(invite)}</span>
        </p>
        <input
          readOnly
          value={link}
          aria-label={t("invites.linkFor", { role })}
          data-testid={guest ? "guest-link" : "invite-link"}
          data-link={link}
          data-role={invite.role}
          onFocus={(event) => event.currentTarget.select()}
          className="h-11 w-full min-w-0 truncate rounded-md border border-line-strong bg-ground px-3 text-sm"
        />
      </div>
      <div className="flex gap-2 sm:self-end">
        <CopyButton text={link} label={t("invites.copyFor", { role })} />
        <Button tone="quiet" onClick={() => setAsking(true)} aria-label={t("invites.revokeFor", { role })}>
          {t("invites.revoke")}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("invites.revokeTitle")}
        text={t("invites.revokeText")}
        confirm={t("invites.revoke")}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      />
    </Row>
  );
}

function timesUsed(uses: number): string {
  if (uses === 0) return t("invites.unused");
  return uses === 1 ? t("invites.usedOnce") : t("invites.uses", { uses });
}

function usesOf({ uses, usesMax, expiresAt }: SessionInvite): string {
  return [
    usesMax === undefined ? timesUsed(uses) : t("invites.usesOf", { uses, max: usesMax }),
    expiresAt && t("invites.until", { when: when(expiresAt, "inside") }),
  ]
    .filter(Boolean)
    .join(" · ");
}
