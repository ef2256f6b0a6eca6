import type { Asset, Take } from "@greenroom/contract";
import { AudioLines, Download, FileText, Film, Image } from "lucide-react";
import { bytes, t, when } from "../../i18n";

const ORDER: Asset["kind"][] = [
  "composite",
  "stem",
  "raw_stem",
  "original",
  "thumbnail",
  "peaks",
  "report",
  "manifest",
];
const ICONS = {
  composite: Film,
  stem: AudioLines,
  raw_stem: AudioLines,
  original: FileText,
  thumbnail: Image,
  peaks: AudioLines,
  report: FileText,
  manifest: FileText,
};

/** The newest take first; a heading for each only where there are several. */
export function Files({ assets, takes }: { assets: Asset[]; takes: Take[] }) {
  const withFiles = takes.filter((take) => assets.some((asset) => asset.takeId === take.id));
  const newestFirst = [...withFiles].sort((a, b) => b.startedAtMs - a.startedAtMs);
  return (
    <section className="mt-12">
      <h2 className="text-lg font-strong">{t("files.title")}</h2>
      {newestFirst.map((take) => (
        <div key={take.id} className="mt-4">
          {newestFirst.length > 1 && (
            <h3 className="numbers mb-2 text-sm text-text-quiet">
              {t("files.take", { when: when(take.startedAtMs, "inside") })}
            </h3>
          )}
          <FileList assets={assets.filter((asset) => asset.takeId === take.id)} />
        </div>
      ))}
    </section>
  );
}

function FileList({ assets }: { assets: Asset[] }) {
  const sorted = [...assets].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return (
    <ul className="divide-y overflow-hidden rounded-lg border bg-surface">
      {sorted.map((asset) => (
        <FileRow key={asset.id} asset={asset} />
      ))}
    </ul>
  );
}

function FileRow({ asset }: { asset: Asset }) {
  const Icon = ICONS[asset.kind] ?? FileText;
  const kind = t(`files.${asset.kind}`);
  const what = asset.participantName ? `${asset.participantName} · ${kind}` : kind;
  return (
    <li>
      <a
        href={asset.downloadUrl}
        download={asset.name}
        data-testid="file-link"
        data-kind={asset.kind}
        data-name={asset.name}
        className="flex min-h-15 items-center gap-4 px-4 py-2 transition-colors duration-150 -outline-offset-2 hover:bg-raised"
      >
        <Icon className="size-5 shrink-0 text-text-quiet" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-strong">
            <span className="sr-only">{t("files.download")} </span>
            {what}
          </span>
          <span className="block truncate text-xs text-text-quiet">{asset.name}</span>
        </span>
        <span className="numbers text-sm text-text-quiet">{bytes(asset.bytes)}</span>
        <Download className="size-4 shrink-0 text-text-quiet" aria-hidden />
      </a>
    </li>
  );
}
