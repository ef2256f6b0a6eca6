import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";

type Kind = "info" | "problem" | "risk";
const ICONS = { info: Info, problem: CircleAlert, risk: TriangleAlert };

interface NoticeProps {
  kind?: Kind;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  testid?: string;
  className?: string;
}

/** Something to know, in words, on a tinted ground; amber only when a recording is at risk. */
export function Notice({ kind = "info", title, children, action, testid, className }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div
      role={kind === "info" ? "status" : "alert"}
      data-testid={testid}
      className={classes(
        "flex gap-3 rounded-md border bg-raised px-4 py-3 text-sm",
        children ? "items-start" : "items-center",
        className,
      )}
    >
      <Icon
        className={classes(
          "size-4 shrink-0",
          children ? "mt-0.5" : undefined,
          kind === "risk" ? "text-risk" : "text-text-quiet",
        )}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        {title && <p className="font-strong">{title}</p>}
        {children && <div className="text-text-quiet">{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** 0..1, or undefined while nobody can say. */
export function Progress({
  value,
  label,
  tone = "accent",
}: {
  value?: number;
  label: string;
  tone?: "accent" | "risk";
}) {
  const percent = value === undefined ? undefined : Math.round(Math.max(0, Math.min(1, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1.5 w-full overflow-hidden rounded-full bg-raised"
    >
      <div
        className={classes(
          "h-full rounded-full transition-[width] duration-200 ease-out",
          tone === "risk" ? "bg-risk" : "bg-accent",
          percent === undefined && "animate-breathe",
        )}
        style={{ width: `${percent ?? 100}%` }}
      />
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div className={classes("animate-breathe rounded-md bg-raised", className)} aria-hidden />;
}

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** It is all there is on the page. */
  alone?: boolean;
}

/** Nothing here yet: what this place is for, and the one thing to do. */
export function Empty({ icon, title, children, action, alone }: EmptyProps) {
  const Heading = alone ? "h1" : "h2";
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed px-6 py-16 text-center">
      <div className="mb-4 flex size-12 items-center justify-center rounded-full bg-raised text-text-quiet">{icon}</div>
      <Heading className="text-lg font-strong">{title}</Heading>
      <p className="mt-2 max-w-md text-text-quiet">{children}</p>
      {action && <div className="mt-6">{action}</div>}
    </div>
  );
}

/** A word about something, quieter than what it is about. */
export function Tag({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={classes(
        "inline-flex h-6 items-center rounded-sm border px-2 text-xs whitespace-nowrap text-text-quiet",
        className,
      )}
    >
      {children}
    </span>
  );
}

export function Avatar({ name, className }: { name: string; className?: string }) {
  const initials = name
    .split(/\s+/)
    .filter(Boolean)
    .map((part) => part[0])
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .join("")
    .toLocaleUpperCase();
  return (
    <span
      aria-hidden
      className={classes(
        "inline-flex items-center justify-center rounded-full bg-raised font-strong text-text-quiet",
        className,
      )}
    >
      {initials || "·"}
    </span>
  );
}
