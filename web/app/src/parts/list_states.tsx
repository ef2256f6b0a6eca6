import { Skeleton } from "@greenroom/ui";
import type { ReactNode } from "react";
import { t } from "../i18n";
import { Problem } from "./problem";

interface ListStatesProps<T> {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  failed: string;
  children: (data: T) => ReactNode;
}

/** Loading, failed or there: what every list goes through. */
export function ListStates<T>({ query, failed, children }: ListStatesProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Problem title={failed} error={query.error} onRetry={() => query.refetch()} />;
  return (
    <div role="status" aria-label={t("app.loading")} className="flex flex-col gap-2">
      <Skeleton className="h-14" />
      <Skeleton className="h-14" />
    </div>
  );
}
