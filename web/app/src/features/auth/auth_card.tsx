import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { t } from "../../i18n";
import { Mark } from "../../parts/brand";
import { useTitle } from "../../parts/use_title";

interface AuthCardProps {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  /** The other way: "No account yet?". */
  foot?: ReactNode;
}

export function AuthCard({ title, lead, children, foot }: AuthCardProps) {
  useTitle(title);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-4 py-12">
      <main className="my-auto">
        <Link to="/" className="mb-8 inline-flex h-11 items-center gap-3" aria-label={t("app.home")}>
          <Mark className="size-8" />
          <span className="text-base font-strong">{t("app.name")}</span>
        </Link>
        <h1 className="text-xl font-strong">{title}</h1>
        {lead && <p className="mt-2 text-text-quiet">{lead}</p>}
        {children && <div className="mt-8">{children}</div>}
        {foot && <div className="mt-8 border-t pt-4 text-sm text-text-quiet">{foot}</div>}
      </main>
    </div>
  );
}

/** One question and the link that answers it. */
export function Aside({ question, children }: { question: string; children: ReactNode }) {
  return (
    <p className="flex min-h-11 flex-wrap items-center gap-x-2">
      {question} {children}
    </p>
  );
}

export const LINK = "inline-flex min-h-11 items-center font-strong text-text underline underline-offset-4";
