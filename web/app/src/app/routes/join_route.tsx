import { ApiError } from "@greenroom/contract";
import { previousToken, rememberToken } from "@greenroom/core/session";
import { Empty, Skeleton } from "@greenroom/ui";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../data/api";
import { inviteQuery } from "../../data/queries";
import type { Recording } from "../../data/recording";
import { Farewell } from "../../features/uploads/farewell";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { useTitle } from "../../parts/use_title";
import { StudioFlow } from "./studio_flow";

/** The guest's way in: a link, a name, no account. */
export default function JoinRoute() {
  const { token } = useParams({ from: "/join/$token" });
  const invite = useQuery(inviteQuery(token));
  useTitle(invite.data?.session.title);
  const [left, setLeft] = useState<Recording>();
  const onLeft = useCallback((recording: Recording) => setLeft(recording), []);
  if (left) return <Farewell uploads={left.uploads} onRejoin={() => setLeft(undefined)} />;
  if (invite.isError) return <InviteFailed error={invite.error} onRetry={() => invite.refetch()} />;

  const admit = async (name: string) => {
    const admission = await api.joinInvite(token, name, await previousToken(token));
    await rememberToken(token, admission.token);
    return admission;
  };
  const heading = (
    <div className="min-h-16">
      <p className="text-sm text-text-quiet">{invite.data ? t("join.title", { host: invite.data.hostName }) : " "}</p>
      {invite.data ? (
        <h1 className="text-xl font-strong break-words">{invite.data.session.title}</h1>
      ) : (
        <Skeleton className="mt-1 h-8 w-56" />
      )}
    </div>
  );
  return (
    <StudioFlow
      heading={heading}
      askName
      watching={invite.data && invite.data.role === "viewer"}
      takeRunning={false}
      inviteToken={token}
      admit={admit}
      onLeft={onLeft}
    />
  );
}

function InviteFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const unknown = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return (
    <main data-theme="dark" className="flex min-h-dvh items-center justify-center px-4">
      <div className="w-full max-w-xl">
        {unknown ? (
          <Empty alone icon={<SearchX className="size-5" />} title={t("join.unknown.title")}>
            {t("join.unknown.text")}
          </Empty>
        ) : (
          <Problem title={t("join.failed")} error={error} onRetry={onRetry} />
        )}
      </div>
    </main>
  );
}
