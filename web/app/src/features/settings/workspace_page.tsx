import type { Workspace } from "@greenroom/contract";
import { Button, Field, Panel } from "@greenroom/ui";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../data/api";
import { meQuery, workspaceQuery, workspacesQuery } from "../../data/queries";
import { useCreate } from "../../data/use_create";
import { useEdit } from "../../data/use_edit";
import { t } from "../../i18n";
import { ConflictNotice } from "../../parts/conflict_notice";
import { problemsOf, textsOf } from "../../parts/form";
import { ListStates } from "../../parts/list_states";
import { Problem } from "../../parts/problem";
import { managesPeople } from "../../parts/rights";
import { SavedMark } from "../../parts/saved_mark";
import { SettingsHeading } from "./settings_layout";

export function WorkspacePage() {
  const workspace = useQuery(workspaceQuery);
  return (
    <>
      <SettingsHeading title={t("settings.workspace")} lead={t("workspace.lead")} />
      <Panel title={t("workspace.title")} lead={t("workspace.text")}>
        <ListStates query={workspace} failed={t("workspace.failed")}>
          {(data) => <NameForm key={data.id} workspace={data} />}
        </ListStates>
      </Panel>
      <NewWorkspacePanel />
    </>
  );
}

function NameForm({ workspace }: { workspace: Workspace }) {
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const [name, setName] = useState(workspace.name);
  const edit = useEdit({
    thing: workspace,
    fieldsOf: ({ name: current }) => ({ name: current }),
    save: (change, revision) => api.changeWorkspace({ name, ...change }, revision),
    latest: api.workspace,
    onSaved: (saved) => {
      client.setQueryData(workspaceQuery.queryKey, saved);
      void client.invalidateQueries({ queryKey: workspacesQuery.queryKey });
      return client.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  const problems = problemsOf(edit.error, ["name"]);
  const allowed = managesPeople(me.workspace.role);
  return (
    <form
      className="flex max-w-sm flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        edit.submit({ name: name.trim() });
      }}
    >
      <Field
        label={t("workspace.name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        required
        readOnly={!allowed}
        maxLength={80}
        autoComplete="off"
        hint={allowed ? undefined : t("workspace.notAllowed")}
        problem={problems.of("name")}
        data-testid="workspace-name"
      />
      {edit.conflict && (
        <ConflictNotice
          fields={[{ label: t("workspace.name"), theirs: edit.conflict.theirs.name, mine: edit.conflict.mine.name }]}
          onKeepMine={edit.keepMine}
          onTakeTheirs={() => setName(edit.takeTheirs()?.name ?? name)}
        />
      )}
      {problems.rest ? <Problem error={problems.rest} /> : null}
      {allowed && (
        <div className="flex items-center gap-3">
          <Button type="submit" tone="primary" busy={edit.busy} data-testid="save-workspace">
            {t("app.save")}
          </Button>
          <SavedMark shown={edit.saved} />
        </div>
      )}
    </form>
  );
}

function NewWorkspacePanel() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useCreate(
    async (name: string, intent: string) => api.switchWorkspace((await api.createWorkspace(name, intent)).id),
    {
      onSuccess: async (me) => {
        client.clear();
        client.setQueryData(meQuery.queryKey, me);
        await navigate({ to: "/" });
      },
    },
  );
  const problems = problemsOf(create.error, ["name"]);
  return (
    <Panel title={t("workspace.new")} lead={t("workspace.newText")}>
      <form className="flex max-w-sm flex-col gap-4" onSubmit={(event) => create.mutate(textsOf(event)("workspace"))}>
        <Field
          label={t("workspace.name")}
          name="workspace"
          required
          maxLength={80}
          autoComplete="off"
          problem={problems.of("name")}
          data-testid="new-workspace-name"
        />
        {problems.rest ? <Problem error={problems.rest} /> : null}
        <Button type="submit" className="self-start" busy={create.isPending} data-testid="create-workspace">
          {t("workspace.create")}
        </Button>
      </form>
    </Panel>
  );
}
