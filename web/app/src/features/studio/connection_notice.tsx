import type { Studio } from "@greenroom/core/session";
import { Button, Notice } from "@greenroom/ui";
import { useStore } from "zustand";
import { t } from "../../i18n";

export function ConnectionNotice({ studio, onLeave }: { studio: Studio; onLeave: () => void }) {
  const { connection, reason } = useStore(studio.room.store);
  const recording = useStore(studio.store, (state) => state.phase === "recording");
  if (connection === "connecting") {
    return <Notice title={t("connection.connecting")} className="mx-3 mt-3" testid="connection-notice" />;
  }
  if (connection === "reconnecting") {
    return (
      <Notice
        kind={recording ? "risk" : "info"}
        title={t("connection.reconnecting")}
        className="mx-3 mt-3"
        testid="connection-notice"
      >
        {t(recording ? "connection.reconnecting.text" : "connection.reconnecting.idle")}
      </Notice>
    );
  }
  if (connection === "displaced") {
    return (
      <Notice
        kind="problem"
        title={t("connection.displaced")}
        className="mx-3 mt-3"
        testid="connection-notice"
        action={<Button onClick={() => studio.room.takeBack()}>{t("connection.takeBack")}</Button>}
      >
        {t("connection.displaced.text")}
      </Notice>
    );
  }
  if (connection !== "refused") return null;
  return (
    <Notice
      kind="problem"
      title={t("connection.refused")}
      className="mx-3 mt-3"
      testid="connection-notice"
      action={<Button onClick={onLeave}>{t("control.leave")}</Button>}
    >
      {reason}
    </Notice>
  );
}
