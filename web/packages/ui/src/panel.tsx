import { type ReactNode, useId } from "react";
import { classes } from "./classes";

interface PanelProps {
  title: string;
  lead?: ReactNode;
  /** What can be done with the whole of it. */
  action?: ReactNode;
  children?: ReactNode;
  className?: string;
  testid?: string;
}

/** A part of a page with a name: title and one sentence, then its content on a surface of its own. */
export function Panel({ title, lead, action, children, className, testid }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      data-testid={testid}
      className={classes("rounded-lg border bg-surface p-4 sm:p-6", className)}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 id={id} className="font-strong">
            {title}
          </h2>
          {lead && <p className="mt-1 max-w-prose text-sm text-text-quiet">{lead}</p>}
        </div>
        {action}
      </div>
      {children && <div className="mt-4">{children}</div>}
    </section>
  );
}

/** Things in a row of lines, each with what can be done with it at its end. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="-mx-4 -mb-4 divide-y border-t sm:-mx-6 sm:-mb-6">
      {children}
    </ul>
  );
}

export function Row({ children, testid, className }: { children: ReactNode; testid?: string; className?: string }) {
  return (
    <li
      data-testid={testid}
      className={classes("flex min-h-16 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-6", className)}
    >
      {children}
    </li>
  );
}
