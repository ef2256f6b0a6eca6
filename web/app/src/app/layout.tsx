import { IconButton, Menu } from "@greenroom/ui";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { CircleUser, CloudUpload, House, LogOut, Search } from "lucide-react";
import { useMemo } from "react";
import { useCommands } from "../commands/registry";
import { api } from "../data/api";
import { meQuery } from "../data/queries";
import { t } from "../i18n";
import { Mark } from "../parts/brand";

/** What is around every page of a signed-in user. */
export function Layout() {
  const navigate = useNavigate();
  useCommands(
    useMemo(
      () => [
        { id: "go.home", label: t("command.goHome"), icon: House, keys: "H", run: () => void navigate({ to: "/" }) },
        {
          id: "go.uploads",
          label: t("command.uploads"),
          icon: CloudUpload,
          keys: "U",
          run: () => void navigate({ to: "/upload" }),
        },
      ],
      [navigate],
    ),
  );
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-4 focus:z-50 focus:rounded-md focus:bg-surface focus:p-3"
      >
        {t("app.skip")}
      </a>
      <header className="border-b">
        <div className="mx-auto flex h-16 max-w-column items-center gap-2 px-4 sm:gap-6 lg:px-8">
          <Link to="/" className="flex items-center gap-2.5 font-strong">
            <Mark className="size-7" />
            {t("app.name")}
          </Link>
          <nav className="flex-1">
            <NavLink to="/" label={t("nav.home")} />
          </nav>
          <PaletteButton />
          <Account />
        </div>
      </header>
      <main id="content" className="mx-auto max-w-column px-4 pt-6 pb-24 sm:pt-8 lg:px-8">
        <Outlet />
      </main>
    </>
  );
}

function NavLink({ to, label }: { to: "/"; label: string }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true }}
      className="hidden h-11 items-center rounded-md px-3 text-sm sm:inline-flex text-text-quiet hover:text-text aria-[current=page]:text-text"
    >
      {label}
    </Link>
  );
}

function PaletteButton() {
  const press = () => dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
  return <IconButton label={t("nav.palette")} keys="Ctrl+K" icon={<Search className="size-5" />} onClick={press} />;
}

function Account() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data } = useSuspenseQuery(meQuery);
  const signOut = async () => {
    await api.logOut().catch(() => undefined);
    client.clear();
    await navigate({ to: "/login" });
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${t("nav.account")}, ${data.user.name}`}
          className="flex h-11 items-center gap-2 rounded-md px-2 text-sm text-text-quiet hover:bg-raised hover:text-text"
        >
          <CircleUser className="size-5" aria-hidden />
          <span className="hidden max-w-40 truncate sm:inline">{data.user.name}</span>
        </button>
      }
      items={[
        {
          id: "uploads",
          label: t("nav.uploads"),
          icon: <CloudUpload className="size-4" />,
          onSelect: () => void navigate({ to: "/upload" }),
        },
        { id: "out", label: t("nav.signOut"), icon: <LogOut className="size-4" />, onSelect: () => void signOut() },
      ]}
    />
  );
}
