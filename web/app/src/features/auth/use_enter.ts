import type { Me } from "@greenroom/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { refresher } from "../../data/api";
import { meQuery, setupQuery } from "../../data/queries";

/** What follows every way of signing in: this person's own world, on the page they came for. */
export function useEnter(next?: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(
    async (me: Me) => {
      refresher.renewed();
      client.clear();
      client.setQueryData(meQuery.queryKey, me);
      client.setQueryData(setupQuery.queryKey, { needed: false });
      await navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/" });
    },
    [client, navigate, next],
  );
}
