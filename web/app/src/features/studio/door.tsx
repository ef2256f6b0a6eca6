import type { Participant } from "@greenroom/contract";
import type { Studio } from "@greenroom/core/session";
import { Avatar, Button, Notice } from "@greenroom/ui";
import { useStore } from "zustand";
import { t } from "../../i18n";

/** Somebody waits: seen at once, wherever the host is looking. The list of all is with the people. */
export function Door({ studio }: { studio: Studio }) {
  const { waiting, may, trouble } = useStore(studio.people.store);
  const first = waiting[0];
  if (trouble) return <Notice kind="problem" title={trouble} className="mx-3 mt-3" />;
  if (!first || !may.includes("admit")) return null;
  const title =
    waiting.length === 1
      ? t("door.one", { name: first.name })
      : t("door.many", { name: first.name, count: waiting.length - 1 });
  return (
    <Notice
      title={title}
      className="mx-3 mt-3"
      testid="door"
      action={
        <div className="flex gap-2">
          <Button onClick={() => void studio.people.remove(first.id)} tone="quiet">
            {t("people.refuse")}
          </Button>
          <Button onClick={() => void studio.people.admit(first.id)} tone="primary" data-testid="admit">
            {t("people.admit")}
          </Button>
        </div>
      }
    />
  );
}

export function WaitingList({ studio }: { studio: Studio }) {
  const { waiting, may } = useStore(studio.people.store);
  if (waiting.length === 0 || !may.includes("admit")) return null;
  return (
    <section aria-labelledby="waiting" className="mt-2 border-b pb-4" data-testid="waiting-list">
      <h3 id="waiting" className="numbers text-sm font-strong">
        {t("door.waiting", { count: waiting.length })}
      </h3>
      <ul className="mt-2 flex flex-col gap-2">
        {waiting.map((person) => (
          <WaitingLine key={person.id} studio={studio} person={person} />
        ))}
      </ul>
      {waiting.length > 1 && (
        <Button
          className="mt-3 w-full"
          onClick={() => {
            for (const { id } of waiting) void studio.people.admit(id);
          }}
        >
          {t("door.admitAll")}
        </Button>
      )}
    </section>
  );
}

function WaitingLine({ studio, person }: { studio: Studio; person: Participant }) {
  const { id, name } = person;
  return (
    <li className="flex items-center gap-2 text-sm">
      <Avatar name={name} className="size-8 shrink-0 text-xs" />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <Button
        tone="quiet"
        className="px-2"
        onClick={() => void studio.people.remove(id)}
        aria-label={t("people.refuseNamed", { name })}
      >
        {t("people.refuse")}
      </Button>
      <Button
        className="px-3"
        onClick={() => void studio.people.admit(id)}
        aria-label={t("people.admitNamed", { name })}
      >
        {t("people.admit")}
      </Button>
    </li>
  );
}
