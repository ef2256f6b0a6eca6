import type { Studio } from "@greenroom/core/session";
import { Button, Notice } from "@greenroom/ui";
import { useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";

/** Others may hear this person badly now, and the recording does not care: said once, calmly, and put away at will. */
export function UplinkHint({ studio }: { studio: Studio }) {
  const troubled = useStore(studio.quality.store, (state) => state.uplinkTroubled);
  const connected = useStore(studio.room.store, (state) => state.connection === "connected");
  const takesPart = useStore(studio.people.store, () => studio.takesPart);
  const [put, putAway] = useState(false);
  if (!troubled && put) putAway(false);
  if (!troubled || put || !connected || !takesPart) return null;
  return (
    <Notice
      title={t("quality.hint.title")}
      className="mx-3 mt-3"
      testid="uplink-hint"
      action={
        <Button tone="quiet" className="-my-2" onClick={() => putAway(true)}>
          {t("quality.hint.dismiss")}
        </Button>
      }
    >
      {t("quality.hint.text")}
    </Notice>
  );
}
