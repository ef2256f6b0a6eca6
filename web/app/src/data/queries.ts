import { ApiError, type SessionDetail, type SessionFilter } from "@greenroom/contract";
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "./api";

const LIVE_MS = 1_500;
const CALM_MS = 15_000;
const LONG_MS = 60_000;

/** `onSignedOut`: the login was ended elsewhere or has run out; what the page shows can no longer be asked for. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The guard of the route deals with the first question of all itself.
        if (error instanceof ApiError && error.signedOut && query.queryKey[0] !== "me") onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) => count < 3 && !(error instanceof ApiError && !error.transient),
      },
    },
  });
}

export const meQuery = queryOptions({ queryKey: ["me"], queryFn: () => api.me(), staleTime: LONG_MS });
export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: () => api.setupNeeded() });
export const registrationQuery = queryOptions({
  queryKey: ["registration"],
  queryFn: () => api.registration(),
  staleTime: LONG_MS,
});
export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async () => (await api.signInProviders()).items,
  staleTime: LONG_MS,
});
export const invitationQuery = (token: string) =>
  queryOptions({ queryKey: ["invitation", token], queryFn: () => api.invitation(token), staleTime: LONG_MS });

const listOf = <T>(key: string, ask: () => Promise<{ items: T[] }>) =>
  queryOptions({ queryKey: [key], queryFn: async () => (await ask()).items });

export const loginsQuery = listOf("logins", () => api.logins());
export const apiKeysQuery = listOf("apiKeys", () => api.apiKeys());
export const workspacesQuery = listOf("workspaces", () => api.workspaces());
export const membersQuery = listOf("members", () => api.members());
export const invitationsQuery = listOf("invitations", () => api.invitations());
export const projectsQuery = listOf("projects", () => api.projects());

export const workspaceQuery = queryOptions({ queryKey: ["workspace"], queryFn: () => api.workspace() });
export const projectQuery = (id: string) => queryOptions({ queryKey: ["project", id], queryFn: () => api.project(id) });

const pages = <T>(key: unknown[], ask: (cursor?: string) => Promise<{ items: T[]; nextCursor?: string }>) => ({
  queryKey: key,
  queryFn: ({ pageParam }: { pageParam: string | undefined }) => ask(pageParam),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { nextCursor?: string }) => page.nextCursor,
});

export const auditQuery = infiniteQueryOptions(pages(["audit"], (cursor) => api.audit(cursor)));
export const sessionsKey = ["sessions"];
export const sessionsQuery = (filter: SessionFilter = {}) =>
  infiniteQueryOptions({
    ...pages([...sessionsKey, filter], (cursor) => api.sessions(filter, cursor)),
    refetchInterval: CALM_MS,
  });

/** Events patch this as they come; asking now and then only covers for events that were missed. */
export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ["session", id],
    queryFn: () => api.session(id),
    refetchInterval: ({ state }) => (isMoving(state.data) ? LIVE_MS : CALM_MS),
  });
export const sessionInvitesQuery = (id: string) =>
  queryOptions({ queryKey: ["session", id, "invites"], queryFn: async () => (await api.sessionInvites(id)).items });

export const inviteQuery = (token: string) =>
  queryOptions({ queryKey: ["invite", token], queryFn: () => api.invite(token), staleTime: LONG_MS });

function isMoving(session: SessionDetail | undefined): boolean {
  return session !== undefined && ["live", "uploading", "processing"].includes(session.state);
}
