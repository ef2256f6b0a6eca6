import { IconButton, Skeleton } from "@greenroom/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FolderClosed, Plus } from "lucide-react";
import { projectsQuery } from "../../data/queries";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";

/** The workspace's projects, beside the sessions; beneath them on a small screen. */
export function ProjectsRail({ onNew }: { onNew?: () => void }) {
  const projects = useQuery(projectsQuery);
  return (
    <section aria-label={t("projects.title")} data-testid="projects">
      <div className="flex h-11 items-center justify-between gap-2">
        <h2 className="text-lg font-strong">{t("projects.title")}</h2>
        {onNew && (
          <IconButton
            label={t("project.new")}
            keys="P"
            icon={<Plus className="size-5" aria-hidden />}
            onClick={onNew}
            data-testid="new-project"
          />
        )}
      </div>
      {projects.isPending && <Skeleton className="mt-3 h-32" />}
      {projects.isError && (
        <div className="mt-3">
          <Problem title={t("projects.failed")} error={projects.error} onRetry={() => projects.refetch()} />
        </div>
      )}
      {projects.data?.length === 0 && <p className="mt-3 text-sm text-text-quiet">{t("projects.empty")}</p>}
      {projects.data && projects.data.length > 0 && (
        <ul className="mt-3 divide-y overflow-hidden rounded-lg border bg-surface">
          {projects.data.map(({ id, name, sessionCount }) => (
            <li key={id}>
              <Link
                to="/projects/$id"
                params={{ id }}
                className="flex min-h-12 items-center gap-3 px-4 py-2 text-sm -outline-offset-2 transition-colors duration-150 hover:bg-raised"
              >
                <FolderClosed className="size-4 shrink-0 text-text-quiet" aria-hidden />
                <span className="min-w-0 flex-1 truncate">{name}</span>
                <span className="numbers text-text-quiet">{t("projects.count", { count: sessionCount })}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
