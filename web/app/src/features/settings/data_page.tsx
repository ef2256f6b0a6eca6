import { ApiError } from "@greenroom/contract";
import { Button, Panel } from "@greenroom/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { api, refresher } from "../../data/api";
import { t } from "../../i18n";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { PasswordField } from "../../parts/password_field";
import { SettingsHeading } from "./settings_layout";

export function DataPage() {
  return (
    <>
      <SettingsHeading title={t("settings.data")} lead={t("data.lead")} />
      <Panel title={t("data.export")} lead={t("data.exportText")}>
        <Button onClick={() => void exportData()} data-testid="export">
          <Download className="size-4" aria-hidden />
          {t("data.exportSubmit")}
        </Button>
      </Panel>
      <DeletePanel />
    </>
  );
}

/** A plain download, so that nothing of it is held in memory here; its cookie must be young enough. */
async function exportData(): Promise<void> {
  await refresher.freshen();
  const link = document.createElement("a");
  link.href = "/api/v1/me/export";
  link.download = "greenroom-export.json";
  link.click();
}

function DeletePanel() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const field = useRef<HTMLFormElement>(null);
  const erase = useMutation({
    mutationFn: () => api.deleteMe(String(new FormData(field.current ?? undefined).get("password") ?? "")),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: "/login" });
    },
  });
  const wrong = erase.error instanceof ApiError && (erase.error.status === 401 || erase.error.status === 403);
  return (
    <Panel title={t("data.delete")} lead={t("data.deleteText")}>
      <Button onClick={() => setAsking(true)} data-testid="delete-account">
        {t("data.deleteSubmit")}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("data.deleteTitle")}
        text={t("data.deleteConfirm")}
        confirm={t("data.deleteSubmit")}
        busy={erase.isPending}
        error={wrong ? null : erase.error}
        onConfirm={() => field.current?.requestSubmit()}
      >
        <form
          ref={field}
          className="mt-6"
          onSubmit={(event) => {
            event.preventDefault();
            erase.mutate();
          }}
        >
          <PasswordField
            label={t("setup.password")}
            name="password"
            autoComplete="current-password"
            hint={t("data.deleteHint")}
            autoFocus
            problem={wrong ? t("password.wrong") : undefined}
          />
        </form>
      </ConfirmDialog>
    </Panel>
  );
}
