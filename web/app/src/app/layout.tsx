import { IconButton } from "@greenroom/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { CloudUpload, House, Search } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { useCommands } from "../commands/registry";
import { meQuery } from "../data/queries";
import { t } from "../i18n";
import { Mark } from "../parts/brand";
import { managesPeople } from "../parts/rights";
import { SECTIONS } from "../parts/settings_sections";
import { AccountMenu } from "./account_menu";
import { WorkspaceMenu } from "./workspace_menu";

/** What is around every page of a signed-in user. */
export function Layout() {
  useGoCommands();
  const content = useRef<HTMLElement>(null);
  useFocusOnNewPage(content);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-4 focus:z-50 focus:rounded-md focus:bg-surface focus:p-3"
      >
        {t("app.skip")}
      </a>
      <header className="border-b">
        <div className="mx-auto flex h-16 max-w-column items-center gap-1 px-4 sm:gap-4 lg:px-8">
          <Link to="/" className="flex h-11 shrink-0 items-center gap-2.5 font-strong" aria-label={t("app.home")}>
            <Mark className="size-7" />
            <span className="hidden md:inline">{t("app.name")}</span>
          </Link>
          <div className="flex min-w-0 flex-1 items-center">
            <WorkspaceMenu />
          </div>
          <PaletteButton />
          <AccountMenu />
        </div>
      </header>
      <main
        id="content"
        ref={content}
        tabIndex={-1}
        className="mx-auto max-w-column outline-none px-4 pt-6 pb-24 sm:pt-8 lg:px-8"
      >
        <Outlet />
      </main>
    </>
  );
}

/** Who listens to a page instead of looking at it is taken to the new one, as a browser does between documents. */
function useFocusOnNewPage(content: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    if (!content.current?.contains(document.activeElement)) content.current?.focus({ preventScroll: true });
  }, [pathname, content]);
}

/** Every page that can be gone to, for the palette. */
function useGoCommands(): void {
  const navigate = useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const manages = managesPeople(me.workspace.role);
  useCommands(
    useMemo(
      () => [
        {
          id: "go.home",
          label: t("command.goHome"),
          icon: House,
          keys: "H",
          place: "elsewhere" as const,
          run: () => void navigate({ to: "/" }),
        },
        {
          id: "go.uploads",
          label: t("command.uploads"),
          icon: CloudUpload,
          keys: "U",
          place: "elsewhere" as const,
          run: () => void navigate({ to: "/upload" }),
        },
        ...SECTIONS.filter((section) => !section.managers || manages).map(({ to, label, icon }) => ({
          id: `go.${to}`,
          label: t("command.settings", { section: t(label) }),
          icon,
          place: "elsewhere" as const,
          run: () => void navigate({ to }),
        })),
      ],
      [navigate, manages],
    ),
  );
}

function PaletteButton() {
  const press = () => dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
  return <IconButton label={t("nav.palette")} keys="Ctrl+K" icon={<Search className="size-5" />} onClick={press} />;
}
