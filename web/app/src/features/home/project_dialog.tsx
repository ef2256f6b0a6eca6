import type { Project } from "@greenroom/contract";
import { Button, Dialog, Field, TextArea } from "@greenroom/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { api } from "../../data/api";
import { projectQuery, projectsQuery } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { useEdit } from "../../data/use_edit";
import { t } from "../../i18n";
import { ConflictNotice } from "../../parts/conflict_notice";
import { problemsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";

interface ProjectDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The one to change; none: a new one. */
  project?: Project;
}

export function ProjectDialog({ open, onOpenChange, project }: ProjectDialogProps) {
  const close = () => onOpenChange(false);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t(project ? "project.edit" : "project.new")}
      description={project ? undefined : t("project.newText")}
      closeLabel={t("app.close")}
    >
      {project ? <ChangeForm project={project} onClose={close} /> : <NewForm onClose={close} />}
    </Dialog>
  );
}

interface ProjectValues {
  name: string;
  description: string | null;
}

function NewForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [values, setValues] = useState<ProjectValues>({ name: "", description: null });
  const create = useCreate(api.createProject, {
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
      await navigate({ to: "/projects/$id", params: { id } });
    },
  });
  const submit = () => {
    const { name, description } = tidy(values);
    create.mutate({ name, ...(description && { description }) });
  };
  return (
    <Fields
      values={values}
      onChange={setValues}
      onSubmit={submit}
      onCancel={onClose}
      busy={create.isPending}
      error={create.error}
      verb={t("project.create")}
    />
  );
}

function ChangeForm({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const fieldsOf = ({ name, description }: Project): ProjectValues => ({ name, description: description ?? null });
  const [values, setValues] = useState(() => fieldsOf(project));
  const edit = useEdit({
    thing: project,
    fieldsOf,
    save: (change, revision) => api.changeProject(project.id, change, revision),
    latest: () => api.project(project.id),
    onSaved: (saved) => {
      client.setQueryData(projectQuery(project.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
    },
  });
  const { conflict } = edit;
  const labels = { name: t("project.name"), description: t("project.description") };
  return (
    <Fields
      values={values}
      onChange={setValues}
      onSubmit={() => edit.submit(tidy(values))}
      onCancel={onClose}
      busy={edit.busy}
      error={edit.error}
      verb={t("app.save")}
    >
      {conflict && (
        <ConflictNotice
          fields={conflict.fields.map((field) => ({
            label: labels[field],
            theirs: conflict.theirs[field] ?? "",
            mine: conflict.mine[field] ?? "",
          }))}
          onKeepMine={edit.keepMine}
          onTakeTheirs={() => setValues(edit.takeTheirs() ?? values)}
        />
      )}
    </Fields>
  );
}

function tidy({ name, description }: ProjectValues): ProjectValues {
  return { name: name.trim(), description: description?.trim() || null };
}

interface FieldsProps {
  values: ProjectValues;
  onChange: (values: ProjectValues) => void;
  onSubmit: () => void;
  onCancel: () => void;
  busy: boolean;
  error: Error | null;
  verb: string;
  children?: ReactNode;
}

function Fields({ values, onChange, onSubmit, onCancel, busy, error, verb, children }: FieldsProps) {
  const problems = problemsOf(error, ["name", "description"]);
  return (
    <form
      className="mt-6 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Field
        label={t("project.name")}
        placeholder={t("project.namePlaceholder")}
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.target.value })}
        required
        autoFocus
        maxLength={200}
        autoComplete="off"
        problem={problems.of("name")}
        data-testid="project-name"
      />
      <TextArea
        label={t("project.description")}
        value={values.description ?? ""}
        onChange={(event) => onChange({ ...values, description: event.target.value })}
        maxLength={2000}
        problem={problems.of("description")}
        data-testid="project-description"
      />
      {children}
      {problems.rest ? <Problem error={problems.rest} /> : null}
      <div className="mt-2 flex justify-end gap-2">
        <Button tone="quiet" onClick={onCancel}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" type="submit" busy={busy} data-testid="save-project">
          {verb}
        </Button>
      </div>
    </form>
  );
}
