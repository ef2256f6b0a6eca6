import type { Uploads } from "@greenroom/core/uploader";
import { classes, Empty, Progress, Skeleton } from "@greenroom/ui";
import { CircleAlert, CircleCheck, CloudCheck, CloudUpload } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { openRecording } from "../../data/recording";
import { useClosable } from "../../data/use_closable";
import { bytes, duration, t, when } from "../../i18n";
import { groupByTake, type Progressing, progressOf } from "./group_by_take";
import { StemRow } from "./stem_row";

export function UploadsPage() {
  const [uploads, setUploads] = useState<Uploads>();
  useEffect(() => {
    void openRecording().then((recording) => setUploads(recording.uploads));
  }, []);
  return (
    <div className="mx-auto max-w-3xl">
      <h1 className="text-xl font-strong">{t("uploads.title")}</h1>
      <p className="mt-2 mb-6 text-text-quiet">{t("uploads.lead")}</p>
      {uploads ? <AllUploads uploads={uploads} /> : <Skeleton className="h-24" />}
    </div>
  );
}

function AllUploads({ uploads }: { uploads: Uploads }) {
  const items = useStore(uploads.store, (state) => state.items);
  if (items.length === 0) {
    return (
      <Empty icon={<CloudCheck className="size-5" />} title={t("uploads.empty.title")}>
        {t("uploads.empty.text")}
      </Empty>
    );
  }
  return (
    <>
      <Whole uploads={uploads} />
      <UploadList uploads={uploads} />
    </>
  );
}

/** The answer to the one question everybody has: may I go? */
function Whole({ uploads }: { uploads: Uploads }) {
  const progress = progressOf(useStore(uploads.store, (state) => state.items));
  const slower = useStore(uploads.pacer.store, (state) => state.slower);
  const closable = useClosable(uploads);
  const { state } = progress;
  const Icon = { done: CircleCheck, refused: CircleAlert, moving: CloudUpload, waiting: CloudUpload }[state];
  const next =
    state === "done"
      ? "uploads.mayGo"
      : state === "refused"
        ? "uploads.keepDevice"
        : closable
          ? "uploads.closable"
          : "uploads.keepOpen";
  return (
    <section
      data-testid="uploads-whole"
      data-state={state}
      className="mb-4 flex gap-3 rounded-lg border bg-surface p-4 text-sm sm:gap-4 sm:p-6"
    >
      <Icon
        className={classes("mt-0.5 size-5 shrink-0", state === "done" ? "text-accent" : "text-text-quiet")}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <h2 className="numbers text-base font-strong">{wholeWords(progress)}</h2>
        <p className="mt-1 text-text-quiet" role="status">
          {t(next)}
          {slower && ` ${t("record.slower")}.`}
        </p>
        {state !== "done" && (
          <div className="mt-4">
            <Progress label={wholeWords(progress)} value={progress.fraction} />
          </div>
        )}
      </div>
    </section>
  );
}

function wholeWords({ state, leftBytes, leftSeconds }: Progressing): string {
  if (state === "done") return t("uploads.whole.done");
  if (state === "refused") return t("uploads.whole.stuck");
  if (leftBytes === 0) return t("uploads.whole.checking");
  const left = bytes(leftBytes);
  if (leftSeconds === undefined) return t("uploads.whole", { left });
  return t("uploads.whole.time", { left, time: duration(Math.max(1, leftSeconds)) });
}

/** Everything of this browser that is on its way, stem by stem. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const items = useStore(uploads.store, (state) => state.items);
  return (
    <div className="flex flex-col gap-4">
      {groupByTake(items).map((take) => (
        <section
          key={take.takeId}
          data-testid="take-uploads"
          data-state={take.state}
          className="rounded-lg border bg-surface p-4 sm:p-6"
        >
          <h2 className="font-strong break-words">{take.title}</h2>
          <p className="numbers text-sm text-text-quiet">{when(take.startedAtMs)}</p>
          <ul className="mt-5 flex flex-col gap-6">
            {take.items.map((item) => (
              <StemRow key={item.key} item={item} uploads={uploads} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
