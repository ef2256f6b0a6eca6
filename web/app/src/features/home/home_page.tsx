import type { Session } from "@greenroom/contract";
import { Button, Empty, Skeleton } from "@greenroom/ui";
import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Mic, Plus, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommands } from "../../commands/registry";
import { meQuery, sessionsQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { editsSessions } from "../../parts/rights";
import { useTitle } from "../../parts/use_title";
import { newProjectCommand, newSessionCommand } from "./new_commands";
import { NewSessionDialog } from "./new_session_dialog";
import { NextUp } from "./next_up";
import { ProjectDialog } from "./project_dialog";
import { ProjectsRail } from "./projects_rail";
import { type Filters, isFiltering, matchesTitle, NO_FILTERS, SessionFilters } from "./session_filters";
import { SessionList } from "./session_list";
import { sortSessions } from "./sort_sessions";

export function HomePage() {
  useTitle(t("home.title"));
  const { data: me } = useSuspenseQuery(meQuery);
  const mayEdit = editsSessions(me.workspace.role);
  const [filters, setFilters] = useState(NO_FILTERS);
  const [making, setMaking] = useState<"session" | "project">();
  const { state, kind } = filters;
  const sessions = useInfiniteQuery(sessionsQuery({ ...(state && { state }), ...(kind && { kind }) }));
  useCommands(
    useMemo(
      () =>
        mayEdit ? [newSessionCommand(() => setMaking("session")), newProjectCommand(() => setMaking("project"))] : [],
      [mayEdit],
    ),
  );
  const all = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  const first = sessions.isSuccess && all.length === 0 && !isFiltering(filters);

  return (
    <>
      <div className="flex items-center justify-between gap-4">
        <h1 className="text-xl font-strong">{t("home.title")}</h1>
        {mayEdit && (
          <Button tone="primary" onClick={() => setMaking("session")} data-testid="new-session" aria-keyshortcuts="N">
            <Plus className="size-4" aria-hidden />
            {t("home.newSession")}
          </Button>
        )}
      </div>
      <div className="mt-6 grid gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          {sessions.isError && (
            <Problem title={t("home.failed")} error={sessions.error} onRetry={() => sessions.refetch()} />
          )}
          {first && <FirstSession onCreate={mayEdit ? () => setMaking("session") : undefined} />}
          {(all.length > 0 || isFiltering(filters)) && <SessionFilters filters={filters} onChange={setFilters} />}
          {sessions.isPending && !isFiltering(filters) && <HomeSkeleton />}
          {all.length > 0 && !isFiltering(filters) && <Overview sessions={all} />}
          {sessions.isSuccess && isFiltering(filters) && (
            <Found
              sessions={all.filter(({ title }) => matchesTitle(title, filters.text))}
              onClear={() => setFilters(NO_FILTERS as Filters)}
            />
          )}
          {sessions.hasNextPage && (
            <Button className="mt-4" busy={sessions.isFetchingNextPage} onClick={() => sessions.fetchNextPage()}>
              {t("home.more")}
            </Button>
          )}
        </div>
        <ProjectsRail onNew={mayEdit ? () => setMaking("project") : undefined} />
      </div>
      <NewSessionDialog open={making === "session"} onOpenChange={() => setMaking(undefined)} />
      <ProjectDialog open={making === "project"} onOpenChange={() => setMaking(undefined)} />
    </>
  );
}

/** What comes next, large; what has been, beneath. */
function Overview({ sessions }: { sessions: Session[] }) {
  const { next, recent } = sortSessions(sessions, Date.now());
  return (
    <>
      <section className="mt-6">
        <h2 className="text-lg font-strong">{t("home.nextUp")}</h2>
        <NextUp sessions={next} />
      </section>
      {recent.length > 0 && (
        <section className="mt-12">
          <h2 className="text-lg font-strong">{t("home.recent")}</h2>
          <SessionList sessions={recent} />
        </section>
      )}
    </>
  );
}

function Found({ sessions, onClear }: { sessions: Session[]; onClear: () => void }) {
  if (sessions.length > 0) {
    return (
      <section className="mt-6" aria-label={t("filter.found")}>
        <SessionList sessions={sessions} />
      </section>
    );
  }
  return (
    <div className="mt-6">
      <Empty
        icon={<SearchX className="size-5" />}
        title={t("filter.none")}
        action={<Button onClick={onClear}>{t("filter.clear")}</Button>}
      >
        {t("filter.noneText")}
      </Empty>
    </div>
  );
}

function FirstSession({ onCreate }: { onCreate?: () => void }) {
  return (
    <Empty
      icon={<Mic className="size-5" />}
      title={t(onCreate ? "home.empty.title" : "home.emptyMember.title")}
      action={onCreate && <Button onClick={onCreate}>{t("home.newSession")}</Button>}
    >
      {t(onCreate ? "home.empty.text" : "home.emptyMember.text")}
    </Empty>
  );
}

function HomeSkeleton() {
  return (
    <div className="flex flex-col gap-3" role="status" aria-label={t("app.loading")}>
      <Skeleton className="mb-3 h-11" />
      <Skeleton className="h-24" />
      <Skeleton className="mt-12 h-18" />
      <Skeleton className="h-18" />
      <Skeleton className="h-18" />
    </div>
  );
}
