import type { Asset } from "@greenroom/contract";
import { AudioLines, Download, FileText, Film, Image } from "lucide-react";
import { bytes, t } from "../../i18n";

const ORDER: Asset["kind"][] = ["composite", "stem", "original", "thumbnail", "peaks", "report"];
const ICONS = {
  composite: Film,
  stem: AudioLines,
  original: FileText,
  thumbnail: Image,
  peaks: AudioLines,
  report: FileText,
};

export function Files({ assets }: { assets: Asset[] }) {
  const sorted = [...assets].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return (
    <section className="mt-12">
      <h2 className="text-lg font-strong">{t("files.title")}</h2>
      <ul className="mt-4 divide-y overflow-hidden rounded-lg border bg-surface">
        {sorted.map((asset) => (
          <FileRow key={asset.id} asset={asset} />
        ))}
      </ul>
    </section>
  );
}

function FileRow({ asset }: { asset: Asset }) {
  const Icon = ICONS[asset.kind] ?? FileText;
  const what = asset.participantName
    ? `${asset.participantName} · ${t(`files.${asset.kind}`)}`
    : t(`files.${asset.kind}`);
  return (
    <li>
      <a
        href={asset.downloadUrl}
        download={asset.name}
        data-testid="file-link"
        data-kind={asset.kind}
        data-name={asset.name}
        aria-label={t("files.downloadNamed", { name: asset.name })}
        className="flex min-h-15 items-center gap-4 px-4 py-2 transition-colors duration-150 -outline-offset-2 hover:bg-raised"
      >
        <Icon className="size-5 shrink-0 text-text-quiet" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-strong">{what}</span>
          <span className="block truncate text-xs text-text-quiet">{asset.name}</span>
        </span>
        <span className="numbers text-sm text-text-quiet">{bytes(asset.bytes)}</span>
        <Download className="size-4 shrink-0 text-text-quiet" aria-hidden />
      </a>
    </li>
  );
}
