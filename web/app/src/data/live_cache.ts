import type { JobProgress, SessionDetail } from "@greenroom/contract";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { refresher } from "./api";
import { sessionQuery } from "./queries";

/** The one place where the server's events change what the queries have cached. */
export function useLiveSession(sessionId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    void import("@greenroom/core/session").then(({ connectSignaling }) => {
      if (gone) return;
      const signaling = connectSignaling(location.origin, { renew: refresher });
      const refetch = () => void client.invalidateQueries({ queryKey: sessionQuery(sessionId).queryKey });
      signaling.onConnected(() => void signaling.request("subscribe", { sessionId }).then(refetch, () => undefined));
      for (const event of REFETCHING) signaling.on(event, refetch);
      signaling.on("jobProgress", (progress) => patchJob(client, sessionId, progress));
      close = signaling.close;
    });
    return () => {
      gone = true;
      close?.();
    };
  }, [client, sessionId]);
}

const REFETCHING = [
  "sessionChanged",
  "permissionsChanged",
  "takeStarted",
  "takePaused",
  "takeResumed",
  "takeStopped",
  "markerAdded",
  "markerChanged",
  "markerRemoved",
  "participantWaiting",
  "participantAdmitted",
  "participantRemoved",
  "participantChanged",
  "missedEvents",
] as const;

function patchJob(client: QueryClient, sessionId: string, progress: JobProgress): void {
  if (progress.sessionId !== sessionId) return;
  client.setQueryData(sessionQuery(sessionId).queryKey, (session: SessionDetail | undefined) => {
    if (!session) return session;
    const { sessionId: _, takeId, jobId: id, ...changed } = progress;
    return { ...session, job: { ...changed, id, kind: session.job?.kind ?? "compose" } };
  });
}
