import type { AuditEntry } from "@greenroom/contract";
import { Button, Choice, Empty, Field, Panel, Row, Rows, Skeleton } from "@greenroom/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { auditQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { Problem } from "../../parts/problem";
import { AREAS, type Area, areaOf, filterAudit, wordsOf } from "./audit_words";
import { SettingsHeading } from "./settings_layout";

export function AuditPage() {
  const audit = useInfiniteQuery(auditQuery);
  const [area, setArea] = useState<Area | "all">("all");
  const [text, setText] = useState("");
  const all = audit.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = filterAudit(all, area, text);
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
              <EntryRow key={entry.id} entry={entry} />
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

function EntryRow({ entry }: { entry: AuditEntry }) {
  return (
    <Row testid="audit-entry">
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm break-words">
          <span className="font-strong">{entry.actor || t("audit.nobody")}</span> {wordsOf(entry.action)}
          {entry.subject && <span className="font-strong"> {entry.subject}</span>}
        </p>
        {entry.detail && <p className="text-sm break-words text-text-quiet">{entry.detail}</p>}
      </div>
      <p className="numbers text-sm text-text-quiet sm:text-right">
        <time dateTime={entry.at}>{when(entry.at)}</time>
        {entry.address && <span className="block text-xs">{entry.address}</span>}
        <span className="sr-only">{t(`audit.area.${areaOf(entry.action)}`)}</span>
      </p>
    </Row>
  );
}
