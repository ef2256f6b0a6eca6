import type { Permission, Role, RolePermissions, SessionDetail } from "@greenroom/contract";
import { Button, Dialog } from "@greenroom/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../data/api";
import { sessionQuery } from "../../data/queries";
import { useEdit } from "../../data/use_edit";
import { t } from "../../i18n";
import { ConflictNotice } from "../../parts/conflict_notice";
import { Problem } from "../../parts/problem";

const ROLES: Role[] = ["host", "cohost", "speaker", "viewer"];
const PERMISSIONS: Permission[] = [
  "publish_audio",
  "publish_video",
  "share_screen",
  "record",
  "admit",
  "remove",
  "change_roles",
  "invite",
  "end_session",
  "see_results",
  "send_data",
];

interface PermissionsDialogProps {
  session: SessionDetail;
  open: boolean;
  onClose: () => void;
}

/** Who may do what in this session, role by role; a host may always do everything. */
export function PermissionsDialog({ session, open, onClose }: PermissionsDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      title={t("permissions.title")}
      description={t("permissions.text")}
      closeLabel={t("app.close")}
    >
      <PermissionsForm session={session} onClose={onClose} />
    </Dialog>
  );
}

interface Editable {
  revision: number;
  permissions?: RolePermissions[];
}
/** A host's are not for setting: somebody must be able to run the session. */
const fieldsOf = ({ permissions = [] }: Editable) => ({
  permissions: permissions.filter(({ role }) => role !== "host"),
});

function PermissionsForm({ session, onClose }: { session: SessionDetail; onClose: () => void }) {
  const client = useQueryClient();
  const [allowed, setAllowed] = useState(() => fieldsOf(session).permissions);
  const edit = useEdit({
    thing: session as Editable,
    fieldsOf,
    save: async (change, revision) => (await api.changeSession(session.id, change, revision)) as Editable,
    latest: () => api.session(session.id),
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey });
      onClose();
    },
  });
  return (
    <form
      className="mt-4 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        edit.submit({ permissions: allowed });
      }}
    >
      <Matrix allowed={allowed} onChange={setAllowed} />
      {edit.conflict && (
        <ConflictNotice
          fields={[{ label: t("permissions.title"), theirs: t("permissions.theirs"), mine: t("permissions.mine") }]}
          onKeepMine={edit.keepMine}
          onTakeTheirs={() => setAllowed(edit.takeTheirs()?.permissions ?? allowed)}
        />
      )}
      {edit.error && <Problem error={edit.error} />}
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" type="submit" busy={edit.busy} data-testid="save-permissions">
          {t("app.save")}
        </Button>
      </div>
    </form>
  );
}

interface MatrixProps {
  allowed: RolePermissions[];
  onChange: (allowed: RolePermissions[]) => void;
}

function Matrix({ allowed, onChange }: MatrixProps) {
  const has = (role: Role, permission: Permission) =>
    role === "host" || allowed.some((entry) => entry.role === role && entry.allow.includes(permission));
  const toggle = (role: Role, permission: Permission) => {
    const allow = PERMISSIONS.filter((each) => (each === permission) !== has(role, each));
    onChange([...allowed.filter((entry) => entry.role !== role), { role, allow }]);
  };
  return (
    <table className="w-full text-sm">
      <thead>
        <tr className="text-xs text-text-quiet">
          <td />
          {ROLES.map((role) => (
            <th key={role} scope="col" className="w-14 pb-2 font-normal">
              {t(`role.${role}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y border-y">
        {PERMISSIONS.map((permission) => (
          <tr key={permission}>
            <th scope="row" className="py-1 pr-2 text-left font-normal">
              {t(`permission.${permission}`)}
            </th>
            {ROLES.map((role) => (
              <td key={role} className="p-0 text-center">
                <label className="flex h-11 cursor-pointer items-center justify-center">
                  <span className="sr-only">{`${t(`permission.${permission}`)}, ${t(`role.${role}`)}`}</span>
                  <input
                    type="checkbox"
                    className="size-5 accent-accent"
                    checked={has(role, permission)}
                    disabled={role === "host"}
                    onChange={() => toggle(role, permission)}
                  />
                </label>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
