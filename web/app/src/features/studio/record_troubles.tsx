import type { Studio } from "@greenroom/core/session";
import { Notice } from "@greenroom/ui";
import { useStore } from "zustand";
import { t } from "../../i18n";

/** Everything that puts a recording at risk, in words, where nobody can overlook it. */
export function RecordTroubles({ studio }: { studio: Studio }) {
  const { trouble, phase } = useStore(studio.store);
  const { degraded, writing } = useStore(studio.recorder.store);
  const notices: string[] = [];
  if (trouble)
    notices.push(t(phase === "stopping" ? "record.trouble.stop" : "record.trouble.start", { reason: trouble }));
  if (degraded) notices.push(t("record.degraded"));
  if (phase === "recording" && writing.length === 0) notices.push(t("record.notWriting"));
  return notices.map((words) => (
    <Notice key={words} kind="risk" className="mx-3 mt-3">
      <span className="text-text">{words}</span>
    </Notice>
  ));
}
