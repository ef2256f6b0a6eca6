import type { AuditEntry } from "@greenroom/contract";
import { Button, Choice, Empty, Field, Panel, Row, Rows, Skeleton } from "@greenroom/ui";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useMemo, useState } from "react";
import { auditQuery, membersQuery, projectsQuery, sessionsQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { Problem } from "../../parts/problem";
import { AREAS, type Area, filterAudit, type Names, wordsOf } from "./audit_words";
import { SettingsHeading } from "./settings_layout";

export function AuditPage() {
  const audit = useInfiniteQuery(auditQuery);
  const [area, setArea] = useState<Area | "all">("all");
  const [text, setText] = useState("");
  const all = audit.data?.pages.flatMap((page) => page.items) ?? [];
  const nameOf = useNames();
  const shown = filterAudit(all, area, text, nameOf);
  return (
    <>
      <SettingsHeading title={t("settings.audit")} lead={t("audit.lead")} />
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <Field
          label={t("audit.search")}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={t("audit.searchHint")}
          data-testid="audit-search"
        />
        <Choice
          label={t("audit.area")}
          value={area}
          onChange={setArea}
          testid="audit-area"
          options={(["all", ...AREAS] as const).map((value) => ({ value, label: t(`audit.area.${value}`) }))}
        />
      </div>
      {audit.isPending && <Skeleton className="h-64" />}
      {audit.isError && <Problem title={t("audit.failed")} error={audit.error} onRetry={() => audit.refetch()} />}
      {audit.isSuccess && shown.length === 0 && (
        <Empty icon={<ScrollText className="size-5" />} title={t("audit.none")}>
          {t("audit.noneText")}
        </Empty>
      )}
      {shown.length > 0 && (
        <Panel title={t("audit.entries")}>
          <Rows label={t("audit.entries")}>
            {shown.map((entry) => (
              <EntryRow key={entry.id} entry={entry} subject={nameOf(entry.subject)} />
            ))}
          </Rows>
        </Panel>
      )}
      {audit.hasNextPage && (
        <Button className="self-start" busy={audit.isFetchingNextPage} onClick={() => audit.fetchNextPage()}>
          {t("home.more")}
        </Button>
      )}
    </>
  );
}

function useNames(): Names {
  const { data: members = [] } = useQuery(membersQuery);
  const { data: projects = [] } = useQuery(projectsQuery);
  const { data: sessions } = useInfiniteQuery(sessionsQuery());
  return useMemo(() => {
    const names = new Map<string, string>();
    for (const { userId, name } of members) names.set(userId, name);
    for (const { id, name } of projects) names.set(id, name);
    for (const { id, title } of sessions?.pages.flatMap((page) => page.items) ?? []) names.set(id, title);
    return (id) => names.get(id);
  }, [members, projects, sessions]);
}

function EntryRow({ entry, subject }: { entry: AuditEntry; subject: string | undefined }) {
  const { actor, action, detail, at, address } = entry;
  const aboutAnother = subject !== undefined && entry.subject !== actor?.id;
  return (
    <Row testid="audit-entry">
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm break-words">
          <span className="font-strong">{actor?.name ?? t("audit.nobody")}</span> {wordsOf(action)}
          {aboutAnother && <span className="font-strong"> {subject}</span>}
        </p>
        {detail && <p className="text-sm break-words text-text-quiet">{detail}</p>}
      </div>
      <p className="numbers text-sm text-text-quiet sm:text-right">
        <time dateTime={at}>{when(at)}</time>
        {address && <span className="block text-xs">{address}</span>}
      </p>
    </Row>
  );
}
