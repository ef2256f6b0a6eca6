import type { SessionState } from "@greenroom/contract";
import { classes } from "@greenroom/ui";
import { t } from "../i18n";

const DOTS: Record<SessionState, string> = {
  scheduled: "border-2 border-line-strong",
  live: "bg-accent",
  uploading: "bg-accent animate-breathe",
  processing: "bg-accent animate-breathe",
  ready: "bg-accent",
  ended: "bg-line-strong",
  cancelled: "bg-line-strong",
  failed: "bg-risk",
};

export function StateBadge({ state, detail, testid }: { state: SessionState; detail?: string; testid?: string }) {
  return (
    <span
      data-testid={testid}
      data-state={state}
      className="numbers inline-flex items-center gap-2 whitespace-nowrap text-sm"
    >
      <span className={classes("size-2 rounded-full", DOTS[state])} aria-hidden />
      {t(`state.${state}`)}
      {detail && <span className="text-text-quiet">{detail}</span>}
    </span>
  );
}
