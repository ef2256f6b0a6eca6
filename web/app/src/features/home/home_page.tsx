import { Button, Empty, Skeleton } from "@greenroom/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Mic, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommands } from "../../commands/registry";
import { sessionsQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { newSessionCommand } from "./new_session_command";
import { NewSessionDialog } from "./new_session_dialog";
import { NextUp } from "./next_up";
import { SessionRow } from "./session_row";
import { sortSessions } from "./sort_sessions";

export function HomePage() {
  const sessions = useInfiniteQuery(sessionsQuery);
  const [creating, setCreating] = useState(false);
  useCommands(useMemo(() => [newSessionCommand(() => setCreating(true))], []));
  const all = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  const { next, recent } = sortSessions(all, Date.now());

  return (
    <>
      <div className="flex items-center justify-between gap-4">
        <h1 className="text-xl font-strong">{t("home.nextUp")}</h1>
        <Button tone="primary" onClick={() => setCreating(true)} data-testid="new-session" aria-keyshortcuts="N">
          <Plus className="size-4" aria-hidden />
          {t("home.newSession")}
        </Button>
      </div>
      {sessions.isPending && <HomeSkeleton />}
      {sessions.isError && (
        <div className="mt-6">
          <Problem title={t("home.failed")} error={sessions.error} onRetry={() => sessions.refetch()} />
        </div>
      )}
      {sessions.isSuccess && all.length === 0 && <FirstSession onCreate={() => setCreating(true)} />}
      {all.length > 0 && (
        <>
          <NextUp sessions={next} />
          <RecentSessions>
            {recent.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </RecentSessions>
        </>
      )}
      {sessions.hasNextPage && (
        <Button className="mt-4" busy={sessions.isFetchingNextPage} onClick={() => sessions.fetchNextPage()}>
          {t("home.more")}
        </Button>
      )}
      <NewSessionDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}

function RecentSessions({ children }: { children: React.ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <section className="mt-12">
      <h2 className="text-lg font-strong">{t("home.recent")}</h2>
      <ul className="mt-4 divide-y overflow-hidden rounded-lg border bg-surface">{children}</ul>
    </section>
  );
}

function FirstSession({ onCreate }: { onCreate: () => void }) {
  return (
    <div className="mt-6">
      <Empty
        icon={<Mic className="size-5" />}
        title={t("home.empty.title")}
        action={
          <Button tone="plain" onClick={onCreate}>
            {t("home.newSession")}
          </Button>
        }
      >
        {t("home.empty.text")}
      </Empty>
    </div>
  );
}

function HomeSkeleton() {
  return (
    <div className="mt-6 flex flex-col gap-3" role="status" aria-label={t("app.loading")}>
      <Skeleton className="h-24" />
      <Skeleton className="mt-12 h-18" />
      <Skeleton className="h-18" />
      <Skeleton className="h-18" />
    </div>
  );
}
