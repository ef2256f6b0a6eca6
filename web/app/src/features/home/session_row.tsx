import type { Session } from "@greenroom/contract";
import { Link } from "@tanstack/react-router";
import { AudioLines, ChevronRight } from "lucide-react";
import { duration, t, when } from "../../i18n";
import { StateBadge } from "../../parts/state_badge";

export function SessionRow({ session }: { session: Session }) {
  return (
    <li>
      <Link
        to="/sessions/$id"
        params={{ id: session.id }}
        className="flex min-h-18 items-center gap-3 px-4 py-3 sm:gap-4 transition-colors duration-150 -outline-offset-2 hover:bg-raised"
      >
        <Thumbnail url={session.thumbnailUrl} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-strong">{session.title}</span>
          <span className="numbers block truncate text-sm text-text-quiet">
            {when(session.scheduledAt ?? session.createdAt)}
            {session.durationS !== undefined && ` · ${duration(session.durationS)}`}
          </span>
          <span className="mt-1 block sm:hidden">
            <StateBadge state={session.state} />
          </span>
        </span>
        <span className="hidden sm:block">
          <StateBadge state={session.state} />
        </span>
        <ChevronRight className="size-4 shrink-0 text-text-quiet" aria-label={t("home.open")} />
      </Link>
    </li>
  );
}

function Thumbnail({ url }: { url: string | undefined }) {
  const box =
    "flex h-9 w-16 sm:h-12 sm:w-20 shrink-0 items-center justify-center rounded-sm bg-raised object-cover text-text-quiet";
  if (url) return <img src={url} alt="" className={box} loading="lazy" />;
  return (
    <span className={box} aria-hidden>
      <AudioLines className="size-4" />
    </span>
  );
}
