import { Button, Notice } from "@greenroom/ui";
import { t } from "../i18n";

interface ConflictNoticeProps {
  /** The field in words, theirs and mine. */
  fields: { label: string; theirs: string; mine: string }[];
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

export function ConflictNotice({ fields, onKeepMine, onTakeTheirs }: ConflictNoticeProps) {
  return (
    <Notice kind="problem" title={t("conflict.title")} testid="conflict">
      <dl className="mt-2 flex flex-col gap-2">
        {fields.map(({ label, theirs, mine }) => (
          <div key={label}>
            <dt className="text-text">{label}</dt>
            <dd>
              {t("conflict.theirs", { value: theirs })}
              <br />
              {t("conflict.mine", { value: mine })}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onKeepMine}>{t("conflict.keepMine")}</Button>
        <Button onClick={onTakeTheirs}>{t("conflict.takeTheirs")}</Button>
      </div>
    </Notice>
  );
}
