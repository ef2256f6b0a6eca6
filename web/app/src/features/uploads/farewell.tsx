import type { Uploads } from "@greenroom/core/uploader";
import { Button } from "@greenroom/ui";
import { useStore } from "zustand";
import { useClosable } from "../../data/use_closable";
import { t } from "../../i18n";
import { UploadList } from "./uploads_page";

/** After leaving as a guest: stay until your recording has arrived, then you are free to go. */
export function Farewell({ uploads, onRejoin }: { uploads: Uploads; onRejoin: () => void }) {
  const items = useStore(uploads.store, (state) => state.items);
  const closable = useClosable(uploads);
  const open = items.some((item) => item.phase !== "done");
  const words = open
    ? closable
      ? "left.closable"
      : "left.uploading"
    : items.length > 0
      ? "left.done"
      : "left.nothing";
  return (
    <main data-theme="dark" data-testid="farewell" data-state={open ? "uploading" : "done"} className="min-h-dvh">
      <div className="mx-auto max-w-xl px-4 py-16">
        <h1 className="text-xl font-strong">{t("left.title")}</h1>
        <p className="mt-2 mb-8 text-text-quiet" role="status">
          {t(words)}
        </p>
        {items.length > 0 && <UploadList uploads={uploads} />}
        <Button className="mt-8" onClick={onRejoin}>
          {t("left.rejoin")}
        </Button>
      </div>
    </main>
  );
}
