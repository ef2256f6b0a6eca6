import { ApiError, type SessionDetail } from "@greenroom/contract";
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "./api";

const LIVE_MS = 1_500;
const CALM_MS = 15_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) => count < 3 && !(error instanceof ApiError && !error.transient),
      },
    },
  });
}

export const meQuery = queryOptions({ queryKey: ["me"], queryFn: () => api.me(), staleTime: 60_000 });
export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: () => api.setupNeeded() });

export const sessionsQuery = infiniteQueryOptions({
  queryKey: ["sessions"],
  queryFn: ({ pageParam }) => api.sessions(pageParam),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: CALM_MS,
});

/** Events patch this as they come; asking now and then only covers for events that were missed. */
export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ["session", id],
    queryFn: () => api.session(id),
    refetchInterval: ({ state }) => (isMoving(state.data) ? LIVE_MS : CALM_MS),
  });

export const inviteQuery = (token: string) =>
  queryOptions({ queryKey: ["invite", token], queryFn: () => api.invite(token), staleTime: 60_000 });

function isMoving(session: SessionDetail | undefined): boolean {
  return session !== undefined && ["live", "uploading", "processing"].includes(session.state);
}
