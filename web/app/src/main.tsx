import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createAppRouter } from "./app/router";
import { listenForKeys } from "./commands/registry";
import { createQueryClient, meQuery } from "./data/queries";
import "./styles.css";

const client = createQueryClient(() => {
  // Guests and uploads go on without an account; only pages of one lead back to the sign-in.
  const { pathname, href } = router.state.location;
  if (!router.state.matches.some(({ routeId }) => routeId.startsWith("/pages"))) return;
  client.removeQueries({ queryKey: meQuery.queryKey });
  void router.navigate({ to: "/login", search: { next: pathname === "/" ? undefined : href } });
});
const router = createAppRouter(client);
listenForKeys();

createRoot(document.getElementById("root") as HTMLElement).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
