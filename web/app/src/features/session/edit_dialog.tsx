import type { SessionDetail } from "@greenroom/contract";
import { Button, Dialog } from "@greenroom/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../data/api";
import { projectsQuery, sessionQuery, sessionsKey } from "../../data/queries";
import { useEdit } from "../../data/use_edit";
import { duration, t, when } from "../../i18n";
import { ConflictNotice } from "../../parts/conflict_notice";
import { problemsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";
import { recordingWords, type SessionValues, valuesOf } from "../../parts/session_fields";
import { SessionForm } from "../../parts/session_form";

interface EditDialogProps {
  session: SessionDetail;
  open: boolean;
  onClose: () => void;
}

export function EditDialog({ session, open, onClose }: EditDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onClose} title={t("session.edit")} closeLabel={t("app.close")}>
      <EditForm session={session} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ session, onClose }: { session: SessionDetail; onClose: () => void }) {
  const client = useQueryClient();
  const { id } = session;
  const [values, setValues] = useState(() => valuesOf(session));
  const edit = useEdit({
    thing: session as Parameters<typeof valuesOf>[0],
    fieldsOf: valuesOf,
    save: (change, revision) => api.changeSession(id, change, revision),
    latest: () => api.session(id),
    onSaved: async () => {
      void client.invalidateQueries({ queryKey: sessionsKey });
      await client.invalidateQueries({ queryKey: sessionQuery(id).queryKey });
      onClose();
    },
  });
  const inWords = useWords();
  const { conflict } = edit;
  const problems = problemsOf(edit.error, ["title", "scheduledAt", "participantsMax"]);
  return (
    <form
      className="mt-6 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        edit.submit({ ...values, title: values.title.trim() });
      }}
    >
      <SessionForm values={values} onChange={setValues} problemOf={problems.of} />
      {conflict && (
        <ConflictNotice
          fields={conflict.fields.map((field) => ({
            label: t(LABELS[field]),
            theirs: inWords(conflict.theirs, field),
            mine: inWords(conflict.mine, field),
          }))}
          onKeepMine={edit.keepMine}
          onTakeTheirs={() => setValues(edit.takeTheirs() ?? values)}
        />
      )}
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" type="submit" busy={edit.busy} data-testid="save-session">
          {t("app.save")}
        </Button>
      </div>
    </form>
  );
}

const LABELS = {
  title: "new.name",
  kind: "new.kind",
  projectId: "new.project",
  scheduledAt: "new.when",
  lengthMinutes: "new.length",
  lobby: "new.lobby",
  participantsMax: "new.people",
  recording: "recording.title",
} as const;

/** A field's value as a person would say it. */
function useWords() {
  const { data: projects = [] } = useQuery(projectsQuery);
  return (values: SessionValues, field: keyof SessionValues): string => {
    const { scheduledAt, lengthMinutes, projectId } = values;
    if (field === "scheduledAt") return scheduledAt ? when(scheduledAt) : t("new.whenOpen");
    if (field === "lengthMinutes") return lengthMinutes ? duration(lengthMinutes * 60) : t("new.lengthOpen");
    if (field === "projectId") return projects.find(({ id }) => id === projectId)?.name ?? t("new.noProject");
    if (field === "recording") return recordingWords(values.recording);
    if (field === "lobby") return t(values.lobby ? "app.yes" : "app.no");
    return field === "kind" ? t(`kind.${values.kind}`) : String(values[field]);
  };
}
