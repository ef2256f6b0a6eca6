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
import { Palette } from "../commands/palette";
import { meQuery } from "../data/queries";
import { LoginPage } from "../features/auth/login_page";
import { SetupPage } from "../features/auth/setup_page";
import { HomePage } from "../features/home/home_page";
import { SessionPage } from "../features/session/session_page";
import { RecoveringNotice } from "../features/uploads/recovering_notice";
import { ErrorPage, NotFoundPage } from "./error_page";
import { Layout } from "./layout";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <Outlet />
      <RecoveringNotice />
      <Palette />
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

const optionalText = (name: string) => (search: Record<string, unknown>) => ({
  [name]: typeof search[name] === "string" ? search[name] : undefined,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: optionalText("token") as (search: Record<string, unknown>) => { token?: string },
  component: () => <SetupPage token={setup.useSearch().token} />,
});
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: optionalText("next") as (search: Record<string, unknown>) => { next?: string },
  component: () => <LoginPage next={login.useSearch().next} />,
});
const upload = createRoute({
  getParentRoute: () => root,
  path: "/upload",
  component: lazyRouteComponent(() => import("./routes/upload_route")),
});
const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$token",
  component: lazyRouteComponent(() => import("./routes/join_route")),
});
const studio = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$id/studio",
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("./routes/studio_route")),
});
const pages = createRoute({ getParentRoute: () => root, id: "pages", beforeLoad: signedIn, component: Layout });
const home = createRoute({ getParentRoute: () => pages, path: "/", component: HomePage });
const session = createRoute({
  getParentRoute: () => pages,
  path: "/sessions/$id",
  component: () => <SessionPage id={session.useParams().id} />,
});

const tree = root.addChildren([setup, login, upload, join, studio, pages.addChildren([home, session])]);

export function createAppRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: "intent" });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
