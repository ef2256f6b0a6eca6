import { ApiError, type Project } from "@greenroom/contract";
import { Button, Empty, IconButton, Menu, Skeleton } from "@greenroom/ui";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, Ellipsis, FolderOpen, Pencil, Plus, SearchX, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useCommands } from "../../commands/registry";
import { api } from "../../data/api";
import { meQuery, projectQuery, projectsQuery, sessionsQuery } from "../../data/queries";
import { t } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Problem } from "../../parts/problem";
import { editsSessions } from "../../parts/rights";
import { useTitle } from "../../parts/use_title";
import { newSessionCommand } from "./new_commands";
import { NewSessionDialog } from "./new_session_dialog";
import { ProjectDialog } from "./project_dialog";
import { SessionList } from "./session_list";

export function ProjectPage({ id }: { id: string }) {
  const project = useQuery(projectQuery(id));
  useTitle(project.data?.name);
  return (
    <>
      <Link
        to="/"
        className="-ml-2 inline-flex h-11 items-center gap-2 rounded-md px-2 text-sm text-text-quiet hover:text-text"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {t("nav.home")}
      </Link>
      {project.isPending && <Skeleton className="mt-2 h-24" />}
      {project.isError && !project.data && <Failed error={project.error} onRetry={() => project.refetch()} />}
      {project.data && <Loaded project={project.data} />}
    </>
  );
}

function Loaded({ project }: { project: Project }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const mayEdit = editsSessions(me.workspace.role);
  const [open, setOpen] = useState<"session" | "edit" | "delete">();
  const close = () => setOpen(undefined);
  useCommands(useMemo(() => (mayEdit ? [newSessionCommand(() => setOpen("session"))] : []), [mayEdit]));
  return (
    <>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-xl font-strong break-words">{project.name}</h1>
          {project.description && (
            <p className="mt-2 max-w-prose break-words whitespace-pre-line text-text-quiet">{project.description}</p>
          )}
        </div>
        {mayEdit && (
          <div className="flex gap-2">
            <Button tone="primary" onClick={() => setOpen("session")} data-testid="new-session">
              <Plus className="size-4" aria-hidden />
              {t("home.newSession")}
            </Button>
            <Menu
              trigger={
                <IconButton tone="plain" label={t("project.menu")} icon={<Ellipsis className="size-5" aria-hidden />} />
              }
              items={[
                {
                  id: "edit",
                  label: t("project.edit"),
                  icon: <Pencil className="size-4" aria-hidden />,
                  onSelect: () => setOpen("edit"),
                },
                {
                  id: "delete",
                  label: t("project.delete"),
                  icon: <Trash2 className="size-4" aria-hidden />,
                  onSelect: () => setOpen("delete"),
                },
              ]}
            />
          </div>
        )}
      </header>
      <ProjectSessions projectId={project.id} onCreate={mayEdit ? () => setOpen("session") : undefined} />
      <NewSessionDialog open={open === "session"} onOpenChange={close} projectId={project.id} />
      <ProjectDialog open={open === "edit"} onOpenChange={close} project={project} />
      <DeleteDialog project={project} open={open === "delete"} onClose={close} />
    </>
  );
}

function ProjectSessions({ projectId, onCreate }: { projectId: string; onCreate?: () => void }) {
  const sessions = useInfiniteQuery(sessionsQuery({ projectId }));
  const all = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="mt-8" aria-label={t("project.sessions")}>
      {sessions.isPending && <Skeleton className="h-36" />}
      {sessions.isError && (
        <Problem title={t("home.failed")} error={sessions.error} onRetry={() => sessions.refetch()} />
      )}
      {sessions.isSuccess && all.length === 0 && (
        <Empty
          icon={<FolderOpen className="size-5" />}
          title={t("project.empty")}
          action={onCreate && <Button onClick={onCreate}>{t("home.newSession")}</Button>}
        >
          {t("project.emptyText")}
        </Empty>
      )}
      {all.length > 0 && <SessionList sessions={all} />}
      {sessions.hasNextPage && (
        <Button className="mt-4" busy={sessions.isFetchingNextPage} onClick={() => sessions.fetchNextPage()}>
          {t("home.more")}
        </Button>
      )}
    </section>
  );
}

function DeleteDialog({ project, open, onClose }: { project: Project; open: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.deleteProject(project.id),
    onSuccess: async () => {
      await navigate({ to: "/" });
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
  const inUse = remove.error instanceof ApiError && remove.error.status === 409;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onClose}
      title={t("project.deleteTitle", { name: project.name })}
      text={t(inUse || project.sessionCount > 0 ? "project.deleteInUse" : "project.deleteText")}
      confirm={t("project.delete")}
      busy={remove.isPending}
      error={inUse ? null : remove.error}
      onConfirm={() => remove.mutate()}
    />
  );
}

function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiError && error.status === 404)) {
    return <Problem title={t("project.failed")} error={error} onRetry={onRetry} />;
  }
  return (
    <Empty alone icon={<SearchX className="size-5" />} title={t("project.missing")}>
      {t("project.missingText")}
    </Empty>
  );
}
