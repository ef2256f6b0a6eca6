import { Avatar, Menu } from "@greenroom/ui";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CloudUpload, LogOut, Settings } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useCommands } from "../commands/registry";
import { api } from "../data/api";
import { meQuery } from "../data/queries";
import { t } from "../i18n";

export function AccountMenu() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data } = useSuspenseQuery(meQuery);
  const signOut = useCallback(async () => {
    await api.logOut().catch(() => undefined);
    client.removeQueries({ queryKey: meQuery.queryKey });
    await navigate({ to: "/login" });
    client.clear();
  }, [client, navigate]);
  useCommands(
    useMemo(
      () => [
        {
          id: "account.signOut",
          label: t("nav.signOut"),
          icon: LogOut,
          place: "out" as const,
          run: () => void signOut(),
        },
      ],
      [signOut],
    ),
  );
  const icon = "size-4";
  return (
    <Menu
      trigger={
        <button
          type="button"
          data-testid="account-menu"
          className="flex h-11 shrink-0 items-center gap-2 rounded-md px-2 text-sm text-text-quiet hover:bg-raised hover:text-text"
        >
          <Avatar name={data.user.name} className="size-7 text-xs" />
          <span className="sr-only">{t("nav.account")}, </span>
          <span className="max-w-40 truncate max-sm:sr-only">{data.user.name}</span>
        </button>
      }
      items={[
        { id: "who", heading: data.user.email },
        {
          id: "settings",
          label: t("nav.settings"),
          icon: <Settings className={icon} aria-hidden />,
          onSelect: () => void navigate({ to: "/settings/profile" }),
        },
        {
          id: "uploads",
          label: t("nav.uploads"),
          icon: <CloudUpload className={icon} aria-hidden />,
          onSelect: () => void navigate({ to: "/upload" }),
        },
        { id: "line", separator: true },
        {
          id: "out",
          label: t("nav.signOut"),
          icon: <LogOut className={icon} aria-hidden />,
          onSelect: () => void signOut(),
        },
      ]}
    />
  );
}
