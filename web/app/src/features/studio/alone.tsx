import { Notice } from "@greenroom/ui";
import { t } from "../../i18n";
import { CopyButton } from "../../parts/copy_button";

export function Alone({ inviteLink }: { inviteLink: string }) {
  return (
    <Notice
      title={t("stage.alone.title")}
      className="mx-3 mt-3"
      action={<CopyButton text={inviteLink} label={t("session.copyInvite")} />}
    >
      {t("stage.alone.text")}
    </Notice>
  );
}
