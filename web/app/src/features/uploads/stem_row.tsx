import type { UploadItem, Uploads } from "@greenroom/core/uploader";
import { Button, Progress } from "@greenroom/ui";
import { Camera, CircleAlert, CircleCheck, Download, Mic, MonitorUp } from "lucide-react";
import { useState } from "react";
import { bytes, duration, t } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { downloadBlob } from "../../parts/download";
import { troubleCode, troubleWords } from "./trouble_words";
import { useOnline } from "./use_online";

const ICONS = { mic: Mic, raw_mic: Mic, camera: Camera, screen: MonitorUp };

/** One stem: how much of it is where, why it does not move if it does not, and what a person can do. */
export function StemRow({ item, uploads }: { item: UploadItem; uploads: Uploads }) {
  const online = useOnline();
  const Icon = ICONS[item.source];
  const trouble = troubleWords(item, online);
  const code = troubleCode(item);
  const name = t(`source.${item.source}`);
  const done = item.phase === "done";
  return (
    <li className="text-sm" data-testid="stem-upload" data-source={item.source} data-phase={item.phase}>
      <div className="mb-2 flex items-center gap-3">
        <Icon className="size-4 shrink-0 text-text-quiet" aria-hidden />
        <span className="min-w-0 flex-1 font-strong">{name}</span>
        <span className="flex items-center gap-2 text-text-quiet">
          {done && <CircleCheck className="size-4 text-accent" aria-hidden />}
          {t(`upload.${item.phase}`)}
        </span>
      </div>
      {item.phase !== "elsewhere" && (
        <Progress label={name} value={done || item.localBytes === 0 ? 1 : item.confirmedBytes / item.localBytes} />
      )}
      <p className="numbers mt-2 text-text-quiet">{howFar(item)}</p>
      {trouble && (
        <p className="mt-3 flex gap-2 rounded-md bg-raised px-3 py-2.5" role="status">
          <CircleAlert className="mt-0.5 size-4 shrink-0 text-text-quiet" aria-hidden />
          <span className="min-w-0">
            {trouble}
            {code && <span className="mt-1 block text-xs text-text-quiet select-all">{code}</span>}
          </span>
        </p>
      )}
      <StemActions item={item} uploads={uploads} offerFile={trouble !== undefined} />
    </li>
  );
}

function howFar(item: UploadItem): string {
  const { phase, localBytes, confirmedBytes, bytesPerSecond } = item;
  const whole = bytes(localBytes);
  if (phase === "elsewhere") return t("uploads.stem.elsewhere");
  if (phase === "done") return localBytes > 0 ? t("uploads.stem.done", { whole }) : t("uploads.stem.doneElsewhere");
  if (confirmedBytes === 0) return t("uploads.stem.none", { whole });
  const parts = [t("uploads.stem.part", { here: bytes(confirmedBytes), whole })];
  if (bytesPerSecond && phase === "uploading" && confirmedBytes < localBytes) {
    parts.push(t("uploads.stem.rate", { rate: bytes(bytesPerSecond) }));
    parts.push(t("uploads.stem.left", { time: duration(Math.max(1, (localBytes - confirmedBytes) / bytesPerSecond)) }));
  }
  return parts.join(" · ");
}

function StemActions({ item, uploads, offerFile }: { item: UploadItem; uploads: Uploads; offerFile: boolean }) {
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const refused = item.phase === "refused";
  if (!refused && !offerFile) return null;
  const save = async () => {
    setSaving(true);
    const file = await uploads.fileOf(item.key).finally(() => setSaving(false));
    if (file) downloadBlob(file.name, file.blob);
  };
  const differs = item.trouble?.code === "differs";
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {refused && (
        <Button
          onClick={() => (differs ? void uploads.sendAnew(item.key) : uploads.retry(item.key))}
          data-testid="stem-retry"
        >
          {t(differs ? "uploads.sendAnew" : "app.tryAgain")}
        </Button>
      )}
      <Button onClick={() => void save()} busy={saving} data-testid="stem-download">
        {!saving && <Download className="size-4" aria-hidden />}
        {t("uploads.save")}
      </Button>
      {refused && (
        <Button tone="quiet" onClick={() => setDeleting(true)} data-testid="stem-discard">
          {t("uploads.discard")}
        </Button>
      )}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={t("uploads.discard.title")}
        text={t("uploads.discard.text")}
        confirm={t("uploads.discard")}
        onConfirm={() => void uploads.discard(item.key)}
      />
    </div>
  );
}
