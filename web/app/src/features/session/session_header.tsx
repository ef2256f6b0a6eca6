import type { SessionDetail } from "@greenroom/contract";
import { Button, Tooltip } from "@greenroom/ui";
import { useNavigate } from "@tanstack/react-router";
import { t, when } from "../../i18n";
import { StateBadge } from "../../parts/state_badge";

export function SessionHeader({ session }: { session: SessionDetail }) {
  const navigate = useNavigate();
  const over = session.state !== "scheduled" && session.state !== "live";
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        <h1 className="text-xl font-strong break-words">{session.title}</h1>
        <p className="numbers mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-text-quiet">
          <span className="text-text">
            <StateBadge state={session.state} testid="session-state" />
          </span>
          <span>{t(`kind.${session.kind}`)}</span>
          <span>
            {session.scheduledAt
              ? when(session.scheduledAt)
              : t("home.created", { when: when(session.createdAt, "inside") })}
          </span>
        </p>
      </div>
      <Tooltip label={t("session.enter")} keys="E">
        <Button
          tone={over ? "plain" : "primary"}
          data-testid="enter-studio"
          onClick={() => navigate({ to: "/sessions/$id/studio", params: { id: session.id } })}
        >
          {over ? t("session.again") : t("session.enter")}
        </Button>
      </Tooltip>
    </header>
  );
}
