import type { Uploads } from "@greenroom/core/uploader";
import { Button, Progress } from "@greenroom/ui";
import { Link, useRouterState } from "@tanstack/react-router";
import { CloudUpload } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { openUnfinished } from "../../data/unfinished";
import { bytes, t, when } from "../../i18n";
import { groupByTake, type TakeUploads } from "./group_by_take";

/** On every page: what an earlier visit could not finish is finished now, and the person sees it. */
export function RecoveringNotice() {
  const [uploads, setUploads] = useState<Uploads>();
  useEffect(() => {
    void openUnfinished().then((recording) => recording && setUploads(recording.uploads));
  }, []);
  const onUploads = useRouterState({ select: ({ location }) => location.pathname.startsWith("/upload") });
  return uploads && !onUploads ? <Recovering uploads={uploads} /> : null;
}

function Recovering({ uploads }: { uploads: Uploads }) {
  const items = useStore(uploads.store, (state) => state.items);
  const [dismissed, setDismissed] = useState<string[]>([]);
  const takes = groupByTake(items.filter((item) => item.recovered)).filter((take) => !dismissed.includes(take.takeId));
  if (takes.length === 0) return null;
  return (
    <div className="fixed right-4 bottom-4 z-30 flex [[data-testid=stage]~&]:bottom-24 w-[min(24rem,calc(100vw-2rem))] flex-col gap-2">
      {takes.map((take) => (
        <TakeNotice
          key={take.takeId}
          take={take}
          onDismiss={() => setDismissed((before) => [...before, take.takeId])}
        />
      ))}
    </div>
  );
}

function TakeNotice({ take, onDismiss }: { take: TakeUploads; onDismiss: () => void }) {
  const values = { when: when(take.startedAtMs, "inside"), title: take.title, left: bytes(take.leftBytes) };
  const over = take.state === "done";
  return (
    <div
      role="status"
      data-testid="recovering-notice"
      data-state={take.state}
      className="animate-appear rounded-lg border bg-surface p-4 text-sm text-text shadow-2xl"
    >
      <div className="flex items-start gap-3">
        <CloudUpload className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="font-strong">{t(TITLES[take.state], values)}</p>
          <p className="numbers mt-1 text-text-quiet">
            {t(TEXTS[take.state], values)}{" "}
            {!over && (
              <Link to="/upload" className="underline underline-offset-2 hover:text-text">
                {t("uploads.details")}
              </Link>
            )}
          </p>
        </div>
        {over && (
          <Button tone="quiet" className="-my-2 -mr-2" onClick={onDismiss}>
            {t("uploads.dismiss")}
          </Button>
        )}
      </div>
      {!over && (
        <div className="mt-3">
          <Progress label={t(TITLES[take.state], values)} value={take.fraction} />
        </div>
      )}
    </div>
  );
}

const TITLES = {
  moving: "uploads.recovering",
  waiting: "uploads.recovering",
  refused: "uploads.refused",
  done: "uploads.recovered",
} as const;
const TEXTS = {
  moving: "uploads.recovering.text",
  waiting: "uploads.recovering.waiting",
  refused: "uploads.refused.text",
  done: "uploads.recovered.text",
} as const;
