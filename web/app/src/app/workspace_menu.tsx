import { Menu, type MenuEntry } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, ChevronsUpDown, Plus, Settings2 } from "lucide-react";
import { useMemo } from "react";
import { useCommands } from "../commands/registry";
import { api } from "../data/api";
import { meQuery, workspacesQuery } from "../data/queries";
import { t } from "../i18n";

/** Which workspace this is, and the way to the others. */
export function WorkspaceMenu() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: workspaces } = useQuery(workspacesQuery);
  const { mutate: switchTo } = useMutation({
    mutationFn: api.switchWorkspace,
    onSuccess: async (account) => {
      await navigate({ to: "/" });
      client.clear();
      client.setQueryData(meQuery.queryKey, account);
      await client.refetchQueries({ type: "active" });
    },
  });
  const all = workspaces ?? [me.workspace];
  useCommands(
    useMemo(
      () =>
        (workspaces ?? [])
          .filter(({ id }) => id !== me.workspace.id)
          .map(({ id, name }) => ({
            id: `workspace.${id}`,
            label: t("command.switchTo", { name }),
            icon: Building2,
            place: "elsewhere" as const,
            run: () => switchTo(id),
          })),
      [workspaces, me.workspace.id, switchTo],
    ),
  );
  const items: MenuEntry[] = [
    { id: "heading", heading: t("workspaces.title") },
    ...all.map(({ id, name, role }) => ({
      id,
      label: name,
      note: t(`workspaceRole.${role}`),
      checked: id === me.workspace.id,
      onSelect: () => id !== me.workspace.id && switchTo(id),
    })),
    { id: "line", separator: true },
    {
      id: "settings",
      label: t("workspaces.settings"),
      icon: <Settings2 className="size-4" aria-hidden />,
      onSelect: () => void navigate({ to: "/settings/members" }),
    },
    {
      id: "new",
      label: t("workspaces.new"),
      icon: <Plus className="size-4" aria-hidden />,
      onSelect: () => void navigate({ to: "/settings/workspace" }),
    },
  ];
  return (
    <Menu
      align="start"
      items={items}
      trigger={
        <button
          type="button"
          data-testid="workspace-menu"
          className="flex h-11 min-w-0 items-center gap-2 rounded-md px-3 text-sm text-text-quiet hover:bg-raised hover:text-text"
        >
          <span className="sr-only">{t("workspaces.title")}, </span>
          <span className="truncate">{me.workspace.name}</span>
          <ChevronsUpDown className="size-4 shrink-0" aria-hidden />
        </button>
      }
    />
  );
}
