import type { RecordingLimit } from "@greenroom/contract";
import type { Studio } from "@greenroom/core/session";
import { Button, Notice } from "@greenroom/ui";
import { useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { isLimited, limitWords } from "./limit_words";

/** Nobody's recording is changed behind their back. */
export function LimitNotice({ studio }: { studio: Studio }) {
  const { limit, changed } = useStore(studio.plan.store);
  const [seen, setSeen] = useState<RecordingLimit>();
  if (!changed || seen === limit) return null;
  return (
    <Notice
      title={t("limit.own.title")}
      className="mx-3 mt-3"
      testid="limit-notice"
      action={
        <Button tone="quiet" className="-my-2" onClick={() => setSeen(limit)}>
          {t("quality.hint.dismiss")}
        </Button>
      }
    >
      {isLimited(limit) ? t("limit.own.lowered", { words: limitWords(limit) }) : t("limit.own.lifted")}
    </Notice>
  );
}
