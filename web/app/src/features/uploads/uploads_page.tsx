import type { Uploads } from "@greenroom/core/uploader";
import { Button, Empty, Progress, Skeleton } from "@greenroom/ui";
import { CloudCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { openRecording } from "../../data/recording";
import { bytes, t, when } from "../../i18n";
import { groupByTake } from "./group_by_take";

export function UploadsPage() {
  const [uploads, setUploads] = useState<Uploads>();
  useEffect(() => {
    void openRecording().then((recording) => setUploads(recording.uploads));
  }, []);
  return (
    <>
      <h1 className="text-xl font-strong">{t("uploads.title")}</h1>
      <p className="mt-2 mb-6 text-text-quiet">{t("uploads.lead")}</p>
      {uploads ? <UploadList uploads={uploads} /> : <Skeleton className="h-24" />}
    </>
  );
}

/** Everything of this browser that is on its way, stem by stem. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const items = useStore(uploads.store, (state) => state.items);
  if (items.length === 0) {
    return (
      <Empty icon={<CloudCheck className="size-5" />} title={t("uploads.empty.title")}>
        {t("uploads.empty.text")}
      </Empty>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {groupByTake(items).map((take) => (
        <section
          key={take.takeId}
          data-testid="take-uploads"
          data-state={take.state}
          className="rounded-lg border bg-surface p-4 sm:p-6"
        >
          <h2 className="font-strong">{take.title}</h2>
          <p className="numbers text-sm text-text-quiet">{when(take.startedAtMs)}</p>
          <ul className="mt-4 flex flex-col gap-4">
            {take.items.map((item) => (
              <li key={item.key} className="text-sm">
                <div className="numbers mb-2 flex justify-between gap-3">
                  <span>{t(`source.${item.source}`)}</span>
                  <span className="text-text-quiet">
                    {t(`upload.${item.phase}`)} · {bytes(item.localBytes)}
                  </span>
                </div>
                <Progress
                  label={t(`source.${item.source}`)}
                  value={item.localBytes ? item.confirmedBytes / item.localBytes : 1}
                />
                {item.phase === "refused" && (
                  <RefusedActions uploads={uploads} stemKey={item.key} name={`${item.source}-${item.key}`} />
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function RefusedActions({ uploads, stemKey, name }: { uploads: Uploads; stemKey: string; name: string }) {
  const save = async () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await uploads.fileOf(stemKey));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <Button onClick={() => uploads.retry(stemKey)}>{t("app.tryAgain")}</Button>
      <Button onClick={save}>{t("uploads.save")}</Button>
      <Button tone="quiet" onClick={() => void uploads.discard(stemKey)}>
        {t("uploads.discard")}
      </Button>
    </div>
  );
}
