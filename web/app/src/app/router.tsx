import { ApiError } from "@greenroom/contract";
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { KeyboardHelp } from "../commands/help";
import { Palette } from "../commands/palette";
import { meQuery } from "../data/queries";
import { RecoveringNotice } from "../features/uploads/recovering_notice";
import { ErrorPage, NotFoundPage } from "./error_page";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <Outlet />
      <RecoveringNotice />
      <Palette />
      <KeyboardHelp />
    </>
  ),
  errorComponent: ErrorPage,
  notFoundComponent: NotFoundPage,
});

/** Signed in or sent to sign in, and back here afterwards. */
const signedIn = async ({ context, location }: { context: Context; location: { href: string } }) => {
  try {
    await context.client.ensureQueryData(meQuery);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401)
      throw redirect({ to: "/login", search: { next: location.href } });
    throw error;
  }
};

const signedOut = ({ context }: { context: Context }) => {
  if (context.client.getQueryData(meQuery.queryKey)) throw redirect({ to: "/" });
};

/** The texts of these names among an address's parameters. */
function texts<N extends string>(...names: N[]) {
  return (search: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, typeof search[name] === "string" ? search[name] : undefined])) as {
      [name in N]?: string;
    };
}

const entrance = () => import("./routes/entrance_routes");
const studioPages = () => import("./routes/pages_routes");
const settingsPages = () => import("./routes/settings_routes");

const outside = [
  createRoute({
    getParentRoute: () => root,
    path: "/setup",
    validateSearch: texts("token"),
    component: lazyRouteComponent(entrance, "SetupRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/login",
    validateSearch: texts("next", "error"),
    beforeLoad: signedOut,
    component: lazyRouteComponent(entrance, "LoginRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/register",
    component: lazyRouteComponent(entrance, "RegisterRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/forgot",
    component: lazyRouteComponent(entrance, "ForgotRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/verify",
    validateSearch: texts("token"),
    component: lazyRouteComponent(entrance, "VerifyRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/reset",
    validateSearch: texts("token"),
    component: lazyRouteComponent(entrance, "ResetRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/magic",
    validateSearch: texts("token"),
    component: lazyRouteComponent(entrance, "MagicRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/invitations/$token",
    component: lazyRouteComponent(entrance, "InvitationRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/upload",
    component: lazyRouteComponent(() => import("./routes/upload_route")),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/join/$token",
    component: lazyRouteComponent(() => import("./routes/join_route")),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sessions/$id/studio",
    beforeLoad: signedIn,
    component: lazyRouteComponent(() => import("./routes/studio_route")),
  }),
] as const;

const pages = createRoute({
  getParentRoute: () => root,
  id: "pages",
  beforeLoad: signedIn,
  component: lazyRouteComponent(studioPages, "LayoutRoute"),
});
const inside = [
  createRoute({ getParentRoute: () => pages, path: "/", component: lazyRouteComponent(studioPages, "HomeRoute") }),
  createRoute({
    getParentRoute: () => pages,
    path: "/projects/$id",
    component: lazyRouteComponent(studioPages, "ProjectRoute"),
  }),
  createRoute({
    getParentRoute: () => pages,
    path: "/sessions/$id",
    component: lazyRouteComponent(() => import("./routes/session_route")),
  }),
] as const;

const settings = createRoute({
  getParentRoute: () => pages,
  path: "/settings",
  beforeLoad: ({ location }) => {
    if (location.pathname.replace(/\/$/, "") === "/settings") throw redirect({ to: "/settings/profile" });
  },
  component: lazyRouteComponent(settingsPages, "SettingsLayout"),
});
const setting = <P extends string>(path: P, component: keyof Awaited<ReturnType<typeof settingsPages>>) =>
  createRoute({ getParentRoute: () => settings, path, component: lazyRouteComponent(settingsPages, component) });
const sections = [
  setting("profile", "ProfilePage"),
  setting("security", "SecurityPage"),
  setting("devices", "DevicesPage"),
  setting("keys", "KeysPage"),
  setting("data", "DataPage"),
  setting("workspace", "WorkspacePage"),
  setting("members", "MembersPage"),
  setting("audit", "AuditPage"),
] as const;

const tree = root.addChildren([...outside, pages.addChildren([...inside, settings.addChildren([...sections])])]);

export function createAppRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: "intent", scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
