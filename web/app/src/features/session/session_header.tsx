import type { SessionDetail } from "@greenroom/contract";
import { Button, Tooltip } from "@greenroom/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { projectsQuery } from "../../data/queries";
import { duration, t, when } from "../../i18n";
import { timeZone } from "../../parts/local_time";
import { StateBadge } from "../../parts/state_badge";
import { SessionMenu } from "./session_menu";

export function SessionHeader({ session, mayEdit }: { session: SessionDetail; mayEdit: boolean }) {
  const navigate = useNavigate();
  const over = session.state !== "scheduled" && session.state !== "live";
  const again = session.state === "cancelled" || session.state === "ended" ? "session.reopen" : "session.again";
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-xl font-strong break-words">{session.title}</h1>
        <p className="numbers mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-text-quiet">
          <span className="text-text">
            <StateBadge state={session.state} testid="session-state" />
          </span>
          <span>{t(`kind.${session.kind}`)}</span>
          <Schedule session={session} />
          {session.lobby && <span>{t("session.lobby")}</span>}
          <ProjectLink id={session.projectId} />
        </p>
      </div>
      {(mayEdit || !over) && (
        <div className="flex gap-2 max-sm:w-full">
          <Tooltip label={t("session.enter")} keys="E">
            <Button
              tone={over ? "plain" : "primary"}
              className="max-sm:flex-1"
              data-testid="enter-studio"
              onClick={() => navigate({ to: "/sessions/$id/studio", params: { id: session.id } })}
            >
              {over ? t(again) : t("session.enter")}
            </Button>
          </Tooltip>
          <SessionMenu session={session} mayEdit={mayEdit} />
        </div>
      )}
    </header>
  );
}

function Schedule({ session }: { session: SessionDetail }) {
  const { scheduledAt, lengthMinutes, createdAt } = session;
  if (!scheduledAt) return <span>{t("home.created", { when: when(createdAt, "inside") })}</span>;
  return (
    <span title={timeZone(new Date(scheduledAt))} data-testid="session-schedule">
      {[when(scheduledAt), lengthMinutes && duration(lengthMinutes * 60)].filter(Boolean).join(", ")}
    </span>
  );
}

function ProjectLink({ id }: { id: string | undefined }) {
  const { data: projects } = useQuery({ ...projectsQuery, enabled: id !== undefined });
  const project = projects?.find((candidate) => candidate.id === id);
  if (!project) return null;
  return (
    <Link
      to="/projects/$id"
      params={{ id: project.id }}
      className="max-w-56 truncate underline underline-offset-4 hover:text-text"
    >
      {project.name}
    </Link>
  );
}
