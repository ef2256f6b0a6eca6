import { Button } from "@greenroom/ui";
import { MailOpen } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "../../i18n";
import { AuthCard } from "./auth_card";

interface SentCardProps {
  text: string;
  email: string;
  onBack: () => void;
  again?: ReactNode;
}

/** The same words whether or not the address is known here. */
export function SentCard({ text, email, onBack, again }: SentCardProps) {
  return (
    <AuthCard title={t("sent.title")} lead={text}>
      <div className="flex items-center gap-3 rounded-md border bg-surface p-4" role="status" data-testid="mail-sent">
        <MailOpen className="size-5 shrink-0 text-accent" aria-hidden />
        <p className="min-w-0 break-words font-strong">{email}</p>
      </div>
      <p className="mt-4 text-sm text-text-quiet">{t("sent.hint")}</p>
      {again}
      <Button className="mt-6" onClick={onBack}>
        {t("sent.other")}
      </Button>
    </AuthCard>
  );
}
