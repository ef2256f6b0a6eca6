import { ApiError, type SessionDetail } from "@greenroom/contract";
import { Button, Empty, Notice, Skeleton } from "@greenroom/ui";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, SearchX, Users } from "lucide-react";
import { useMemo } from "react";
import { useCommands } from "../../commands/registry";
import { useLiveSession } from "../../data/live_cache";
import { meQuery, sessionQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { editsSessions } from "../../parts/rights";
import { useTitle } from "../../parts/use_title";
import { sessionCommands } from "./commands";
import { Files } from "./files";
import { HowItGoes } from "./how_it_goes";
import { InviteLinks } from "./invite_links";
import { People } from "./people";
import { ProgressPanel } from "./progress_panel";
import { Result } from "./result";
import { SessionHeader } from "./session_header";

/** One place from invitation to finished recording: it grows downward as the session moves on. */
export function SessionPage({ id }: { id: string }) {
  const session = useQuery(sessionQuery(id));
  useTitle(session.data?.title);
  useLiveSession(id);
  return (
    <>
      <Link
        to="/"
        className="-ml-2 inline-flex h-11 items-center gap-2 rounded-md px-2 text-sm text-text-quiet hover:text-text"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {t("session.back")}
      </Link>
      {session.isPending && <SessionSkeleton />}
      {session.isError && !session.data && <Failed error={session.error} onRetry={() => session.refetch()} />}
      {session.data && <Loaded session={session.data} />}
    </>
  );
}

function Loaded({ session }: { session: SessionDetail }) {
  const navigate = useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const { id, guestLink, state } = session;
  const joinable = state === "scheduled" || state === "live";
  useCommands(
    useMemo(
      () => sessionCommands({ guestLink, enter: () => void navigate({ to: "/sessions/$id/studio", params: { id } }) }),
      [guestLink, id, navigate],
    ),
  );
  const composite = session.assets.findLast((asset) => asset.kind === "composite");
  const moving = state === "uploading" || state === "processing" || state === "failed";
  return (
    <>
      <SessionHeader session={session} mayEdit={editsSessions(me.workspace.role)} />
      {state === "live" && (
        <div className="mt-8 flex items-center gap-4 rounded-lg border bg-surface p-4 sm:px-6">
          <Users className="size-5 text-text-quiet" aria-hidden />
          <div>
            <p className="font-strong">{t("session.live.title")}</p>
            <p className="text-sm text-text-quiet">{t("session.live.text")}</p>
          </div>
        </div>
      )}
      {moving && <ProgressPanel session={session} />}
      {composite && <Result session={session} composite={composite} />}
      {(state === "cancelled" || state === "ended") && (
        <Notice title={t(`session.${state}.title`)} className="mt-8">
          {t(`session.${state}.text`)}
        </Notice>
      )}
      {joinable && session.may.includes("invite") && <InviteLinks session={session} />}
      {joinable && <People session={session} mayChange />}
      {state === "scheduled" && <HowItGoes />}
      {session.assets.length > 0 && <Files assets={session.assets} takes={session.takes} />}
      {!joinable && <People session={session} mayChange={false} />}
    </>
  );
}

function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiError && error.status === 404)) {
    return <Problem title={t("session.failedToLoad")} error={error} onRetry={onRetry} />;
  }
  return (
    <Empty alone icon={<SearchX className="size-5" />} title={t("session.missing.title")} action={<HomeButton />}>
      {t("session.missing.text")}
    </Empty>
  );
}

function HomeButton() {
  const navigate = useNavigate();
  return <Button onClick={() => navigate({ to: "/" })}>{t("session.back")}</Button>;
}

function SessionSkeleton() {
  return (
    <div role="status" aria-label={t("app.loading")} className="mt-2 flex flex-col gap-4">
      <Skeleton className="h-9 w-72 max-w-full" />
      <Skeleton className="h-5 w-48" />
      <Skeleton className="mt-4 h-24" />
    </div>
  );
}
