import type { SessionDetail } from "@greenroom/contract";
import { IconButton, Menu, type MenuEntry } from "@greenroom/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ban, CircleStop, Ellipsis, Pencil, SlidersHorizontal, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { type Command, useCommands } from "../../commands/registry";
import { api } from "../../data/api";
import { sessionQuery, sessionsKey } from "../../data/queries";
import { t } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { EditDialog } from "./edit_dialog";
import { PermissionsDialog } from "./permissions_dialog";

type Action = "edit" | "permissions" | "end" | "delete";

/** What can be done with the session as a whole, from the menu and by command. */
export function SessionMenu({ session, mayEdit }: { session: SessionDetail; mayEdit: boolean }) {
  const [open, setOpen] = useState<Action>();
  const close = () => setOpen(undefined);
  const joinable = session.state === "scheduled" || session.state === "live";
  const mayEnd = joinable && session.may.includes("end_session");
  const commands = useMemo(() => {
    const command = (id: Action, label: string, icon: Command["icon"], keys?: string): Command => ({
      id: `session.${id}`,
      label,
      icon,
      keys,
      run: () => setOpen(id),
    });
    const cancels = session.state === "scheduled";
    return [
      mayEdit && command("edit", t("session.edit"), Pencil, "D"),
      mayEdit && command("permissions", t("session.permissions"), SlidersHorizontal),
      mayEnd && command("end", t(cancels ? "session.cancel" : "session.end"), cancels ? Ban : CircleStop),
      mayEdit && command("delete", t("session.delete"), Trash2),
    ].filter((entry) => entry !== false);
  }, [mayEdit, mayEnd, session.state]);
  useCommands(commands);
  if (commands.length === 0) return null;
  const items: MenuEntry[] = commands.map(({ id, label, icon: Icon, run }) => ({
    id,
    label,
    icon: <Icon className="size-4" aria-hidden />,
    onSelect: run,
  }));
  return (
    <>
      <Menu
        items={items}
        trigger={
          <IconButton
            tone="plain"
            label={t("session.menu")}
            icon={<Ellipsis className="size-5" aria-hidden />}
            data-testid="session-menu"
          />
        }
      />
      <EditDialog session={session} open={open === "edit"} onClose={close} />
      <PermissionsDialog session={session} open={open === "permissions"} onClose={close} />
      <EndDialog session={session} open={open === "end"} onClose={close} />
      <DeleteDialog session={session} open={open === "delete"} onClose={close} />
    </>
  );
}

interface ActionDialogProps {
  session: SessionDetail;
  open: boolean;
  onClose: () => void;
}

function EndDialog({ session, open, onClose }: ActionDialogProps) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.endSession(session.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey });
      void client.invalidateQueries({ queryKey: sessionsKey });
      onClose();
    },
  });
  const cancels = session.state === "scheduled";
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onClose}
      title={t(cancels ? "session.cancelTitle" : "session.endTitle")}
      text={t(cancels ? "session.cancelText" : "session.endText")}
      confirm={t(cancels ? "session.cancel" : "session.end")}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
    />
  );
}

function DeleteDialog({ session, open, onClose }: ActionDialogProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.deleteSession(session.id),
    onSuccess: async () => {
      await navigate({ to: "/" });
      client.removeQueries({ queryKey: sessionQuery(session.id).queryKey });
      void client.invalidateQueries({ queryKey: sessionsKey });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onClose}
      title={t("session.deleteTitle")}
      text={t("session.deleteText", { title: session.title })}
      confirm={t("session.delete")}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    />
  );
}
