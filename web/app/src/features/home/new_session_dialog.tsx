import { Button, Dialog } from "@greenroom/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../data/api";
import { projectsQuery, sessionsKey } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { t } from "../../i18n";
import { problemsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";
import { asNewSession, newSessionValues } from "../../parts/session_fields";
import { SessionForm } from "../../parts/session_form";

interface NewSessionDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  projectId?: string;
}

export function NewSessionDialog({ open, onOpenChange, projectId }: NewSessionDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("new.title")}
      description={t("new.lead")}
      closeLabel={t("app.close")}
    >
      <NewSessionForm projectId={projectId} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function NewSessionForm({ projectId, onClose }: { projectId?: string; onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [values, setValues] = useState(() => newSessionValues(projectId));
  const create = useCreate(api.createSession, {
    onSuccess: async (session) => {
      void client.invalidateQueries({ queryKey: sessionsKey });
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
      await navigate({ to: "/sessions/$id", params: { id: session.id } });
    },
  });
  const problems = problemsOf(create.error, ["title", "scheduledAt", "participantsMax"]);
  return (
    <form
      className="mt-6 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const title = values.title.trim();
        if (title) create.mutate(asNewSession({ ...values, title }));
      }}
    >
      <SessionForm values={values} onChange={setValues} problemOf={problems.of} />
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" type="submit" busy={create.isPending} data-testid="create-session">
          {t("new.create")}
        </Button>
      </div>
    </form>
  );
}
