import { Button } from "@greenroom/ui";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { t } from "../i18n";

const SHOWN_MS = 1_800;

export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={copy} aria-label={label} className={className}>
      <Icon className="size-4" aria-hidden />
      <span aria-live="polite">{copied ? t("app.copied") : t("app.copy")}</span>
    </Button>
  );
}

/** The clipboard needs a secure page; a studio on a plain local address still gets its link copied. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
  copyBySelection(text);
}

function copyBySelection(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
