import { t } from "../../i18n";
import { CopyButton } from "../../parts/copy_button";

export function InviteLink({ path }: { path: string }) {
  const link = location.origin + path;
  return (
    <section className="mt-8 rounded-lg border bg-surface p-4 sm:p-6">
      <h2 className="font-strong">{t("session.invite")}</h2>
      <p className="text-sm text-text-quiet">{t("session.inviteHint")}</p>
      <div className="mt-4 flex gap-2">
        <input
          readOnly
          value={link}
          aria-label={t("session.invite")}
          data-testid="guest-link"
          data-link={link}
          onFocus={(event) => event.currentTarget.select()}
          className="h-11 min-w-0 flex-1 truncate rounded-md border border-line-strong bg-ground px-3 text-sm"
        />
        <CopyButton text={link} label={t("session.copyInvite")} />
      </div>
    </section>
  );
}
