import { Choice, Field, Segments, Tick } from "@greenroom/ui";
import { useQuery } from "@tanstack/react-query";
import { projectsQuery } from "../data/queries";
import { duration, t } from "../i18n";
import { fromLocalInput, timeZone, toLocalInput } from "./local_time";
import { RecordingFields } from "./recording_fields";
import { KINDS, type SessionValues, withKind } from "./session_fields";

const LENGTHS = [15, 30, 45, 60, 90, 120, 180];
const PEOPLE_MAX = 500;

interface SessionFormProps {
  values: SessionValues;
  onChange: (values: SessionValues) => void;
  problemOf: (field: string) => string | undefined;
}

/** The fields of a session, for making one and for changing one. */
export function SessionForm({ values, onChange, problemOf }: SessionFormProps) {
  const set = (change: Partial<SessionValues>) => onChange({ ...values, ...change });
  return (
    <>
      <Field
        label={t("new.name")}
        value={values.title}
        onChange={(event) => set({ title: event.target.value })}
        placeholder={t("new.namePlaceholder")}
        required
        autoFocus
        maxLength={200}
        autoComplete="off"
        problem={problemOf("title")}
        data-testid="session-title"
      />
      <Segments
        label={t("new.kind")}
        value={values.kind}
        onChange={(kind) => onChange(withKind(values, kind))}
        options={KINDS.map((value) => ({ value, label: t(`kind.${value}`), testid: `kind-${value}` }))}
      />
      <div className="grid gap-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Field
          label={t("new.when")}
          type="datetime-local"
          value={toLocalInput(values.scheduledAt)}
          onChange={(event) => set({ scheduledAt: fromLocalInput(event.target.value) })}
          hint={timeZone(values.scheduledAt ? new Date(values.scheduledAt) : undefined)}
          problem={problemOf("scheduledAt")}
          data-testid="session-when"
        />
        <Choice
          label={t("new.length")}
          value={String(values.lengthMinutes ?? "")}
          onChange={(minutes) => set({ lengthMinutes: Number(minutes) || null })}
          options={lengthsWith(values.lengthMinutes)}
          testid="session-length"
        />
      </div>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <ProjectChoice value={values.projectId} onChange={(projectId) => set({ projectId })} />
        <Field
          label={t("new.people")}
          type="number"
          inputMode="numeric"
          min={1}
          max={PEOPLE_MAX}
          required
          value={values.participantsMax || ""}
          onChange={(event) => set({ participantsMax: event.target.valueAsNumber || 0 })}
          problem={problemOf("participantsMax")}
          data-testid="session-people"
        />
      </div>
      <Tick
        label={t("new.lobby")}
        hint={t("new.lobbyHint")}
        checked={values.lobby}
        onChange={(event) => set({ lobby: event.target.checked })}
        data-testid="session-lobby"
      />
      <RecordingFields value={values.recording} onChange={(recording) => set({ recording })} />
    </>
  );
}

function lengthsWith(chosen: number | null): { value: string; label: string }[] {
  const all = chosen && !LENGTHS.includes(chosen) ? [...LENGTHS, chosen].sort((a, b) => a - b) : LENGTHS;
  return [
    { value: "", label: t("new.lengthOpen") },
    ...all.map((minutes) => ({ value: String(minutes), label: duration(minutes * 60) })),
  ];
}

function ProjectChoice({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { data: projects = [] } = useQuery(projectsQuery);
  return (
    <Choice
      label={t("new.project")}
      value={value ?? ""}
      onChange={(id) => onChange(id || null)}
      options={[
        { value: "", label: t("new.noProject") },
        ...projects.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      testid="session-project"
    />
  );
}
