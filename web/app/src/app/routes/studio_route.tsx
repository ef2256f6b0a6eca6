import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback } from "react";
import { api } from "../../data/api";
import { sessionQuery } from "../../data/queries";
import { useTitle } from "../../parts/use_title";
import { StudioFlow } from "./studio_flow";

/** The host's way into the studio. */
export default function StudioRoute() {
  const { id } = useParams({ from: "/sessions/$id/studio" });
  const navigate = useNavigate();
  const session = useQuery({ ...sessionQuery(id), refetchInterval: false });
  useTitle(session.data?.title);
  const onLeft = useCallback(() => void navigate({ to: "/sessions/$id", params: { id } }), [navigate, id]);
  const link = session.data?.guestLink;
  return (
    <StudioFlow
      heading={<h1 className="min-h-9 text-xl font-strong break-words">{session.data?.title}</h1>}
      askName={false}
      watching={false}
      takeRunning={session.data?.takes.some((take) => take.state === "recording") ?? false}
      inviteLink={link && location.origin + link}
      admit={() => api.joinSession(id)}
      onLeft={onLeft}
    />
  );
}
