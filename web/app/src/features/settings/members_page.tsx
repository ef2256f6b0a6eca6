import type { Me, Member, WorkspaceRole } from "@greenroom/contract";
import { Avatar, Button, Choice, Panel, Row, Rows, Tag } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../data/api";
import { membersQuery, meQuery } from "../../data/queries";
import { t } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { ListStates } from "../../parts/list_states";
import { Problem } from "../../parts/problem";
import { managesPeople } from "../../parts/rights";
import { InvitationsPanel } from "./invitations";
import { SettingsHeading } from "./settings_layout";

export const WORKSPACE_ROLES: WorkspaceRole[] = ["owner", "admin", "editor", "member"];

export function MembersPage() {
  const members = useQuery(membersQuery);
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <>
      <SettingsHeading title={t("settings.members")} lead={t("members.lead", { workspace: me.workspace.name })} />
      <Panel title={t("members.title")} lead={t("members.text")}>
        <ListStates query={members} failed={t("members.failed")}>
          {(items) => (
            <Rows label={t("members.title")}>
              {items.map((member) => (
                <MemberRow key={member.userId} member={member} me={me} />
              ))}
            </Rows>
          )}
        </ListStates>
      </Panel>
      {managesPeople(me.workspace.role) && <InvitationsPanel myRole={me.workspace.role} />}
    </>
  );
}

function MemberRow({ member, me }: { member: Member; me: Me }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { userId, name, email, role } = member;
  const self = userId === me.user.id;
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: membersQuery.queryKey }) };
  const change = useMutation({ mutationFn: (next: WorkspaceRole) => api.changeMember(userId, next), ...settled });
  const remove = useMutation({ mutationFn: () => api.removeMember(userId), ...settled });
  const allowed = managesPeople(me.workspace.role) && !self && (role !== "owner" || me.workspace.role === "owner");
  return (
    <Row testid="member">
      <Avatar name={name} className="size-9 shrink-0 text-xs" />
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex items-center gap-3 text-sm">
          <span className="truncate font-strong">{name}</span>
          {self && <Tag>{t("members.you")}</Tag>}
        </p>
        <p className="truncate text-sm text-text-quiet">{email}</p>
      </div>
      {allowed ? (
        <Choice
          label={t("members.roleOf", { name })}
          quietLabel
          className="w-32"
          value={role}
          disabled={change.isPending}
          onChange={(next) => change.mutate(next)}
          options={WORKSPACE_ROLES.filter((value) => value !== "owner" || me.workspace.role === "owner").map(
            (value) => ({
              value,
              label: t(`workspaceRole.${value}`),
            }),
          )}
        />
      ) : (
        <span className="text-sm text-text-quiet">{t(`workspaceRole.${role}`)}</span>
      )}
      {allowed && (
        <Button onClick={() => setAsking(true)} aria-label={t("members.removeNamed", { name })}>
          {t("members.remove")}
        </Button>
      )}
      {change.error && <Problem error={change.error} />}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("members.removeTitle", { name })}
        text={t("members.removeText")}
        confirm={t("members.remove")}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </Row>
  );
}
