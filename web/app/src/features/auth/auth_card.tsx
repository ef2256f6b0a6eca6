import type { ReactNode } from "react";
import { t } from "../../i18n";
import { Mark } from "../../parts/brand";

export function AuthCard({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-4 py-16">
      <div className="mb-8 flex items-center gap-3">
        <Mark className="size-8" />
        <span className="text-base font-strong">{t("app.name")}</span>
      </div>
      <h1 className="text-xl font-strong">{title}</h1>
      <p className="mt-2 mb-8 text-text-quiet">{lead}</p>
      {children}
    </main>
  );
}
