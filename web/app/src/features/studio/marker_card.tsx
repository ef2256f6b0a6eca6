import type { FreshMarker, Studio } from "@greenroom/core/session";
import { takeTime, timecode } from "@greenroom/core/timeline";
import { Button, Field } from "@greenroom/ui";
import { Flag } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";

const STAYS_MS = 12_000;

/** The marker just set: it is there already; a name may follow, and it goes away by itself if none does. */
export function MarkerCard({ studio }: { studio: Studio }) {
  const fresh = useStore(studio.markers.store, (state) => state.fresh);
  return fresh ? <Card key={fresh.atMs} studio={studio} fresh={fresh} /> : null;
}

function Card({ studio, fresh }: { studio: Studio; fresh: FreshMarker }) {
  const take = useStore(studio.store, (state) => state.take);
  const [label, setLabel] = useState("");
  const idle = label === "" && !fresh.trouble;
  useEffect(() => {
    if (!idle) return;
    const timer = setTimeout(() => studio.markers.done(), STAYS_MS);
    return () => clearTimeout(timer);
  }, [studio, idle]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void studio.markers.name(label);
  };
  const time = take ? timecode(takeTime(take, fresh.atMs)) : "";
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && studio.markers.done()}
      data-testid="marker-card"
      className="animate-appear absolute bottom-20 left-1/2 z-20 w-[min(26rem,calc(100vw-1.5rem))] -translate-x-1/2 rounded-lg border bg-surface p-3 shadow-2xl"
    >
      <p className="numbers mb-2 flex items-center gap-2 text-sm font-strong" role="status">
        <Flag className="size-4 text-accent" aria-hidden />
        {t("marker.set", { time })}
      </p>
      <div className="flex items-start gap-2">
        <Field
          className="min-w-0 flex-1"
          label={t("marker.label")}
          quietLabel
          placeholder={t("marker.placeholder")}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
          problem={fresh.trouble && t("marker.trouble", { reason: fresh.trouble })}
          maxLength={200}
          autoFocus
          data-testid="marker-label"
        />
        <Button type="submit" tone="primary" data-testid="marker-save">
          {t("app.save")}
        </Button>
        <Button tone="quiet" className="px-3" onClick={() => void studio.markers.undo()}>
          {t("marker.undo")}
        </Button>
      </div>
    </form>
  );
}
