import type { Session } from "@greenroom/contract";
import { Button } from "@greenroom/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { duration, t, when } from "../../i18n";
import { StateBadge } from "../../parts/state_badge";

export function NextUp({ sessions }: { sessions: Session[] }) {
  if (sessions.length === 0) return <p className="mt-3 text-text-quiet">{t("home.nothingNext")}</p>;
  return (
    <ul className="mt-4 flex flex-col gap-3">
      {sessions.map((session) => (
        <NextCard key={session.id} session={session} />
      ))}
    </ul>
  );
}

function NextCard({ session }: { session: Session }) {
  const navigate = useNavigate();
  return (
    <li className="relative flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border bg-surface p-4 transition-colors duration-150 hover:border-line-strong sm:px-6">
      <div className="min-w-0 flex-1 basis-56">
        <Link
          to="/sessions/$id"
          params={{ id: session.id }}
          className="block truncate text-lg font-strong after:absolute after:inset-0"
        >
          {session.title}
        </Link>
        <p className="numbers mt-1 text-sm text-text-quiet">
          {[t(`kind.${session.kind}`), startsWhen(session)].filter(Boolean).join(" · ")}
        </p>
      </div>
      {session.state === "live" && <StateBadge state="live" />}
      <Button
        className="relative z-10 max-sm:w-full"
        onClick={() => navigate({ to: "/sessions/$id/studio", params: { id: session.id } })}
      >
        {t("home.enter")}
      </Button>
    </li>
  );
}

const SOON_S = 12 * 3_600;

function startsWhen(session: Session): string {
  if (session.state === "live") return "";
  if (!session.scheduledAt) return t("home.readyWhen");
  const inSeconds = (Date.parse(session.scheduledAt) - Date.now()) / 1_000;
  return inSeconds > 0 && inSeconds < SOON_S ? t("time.in", { time: duration(inSeconds) }) : when(session.scheduledAt);
}
