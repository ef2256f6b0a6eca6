import type { Participant, Role, SessionDetail } from "@greenroom/contract";
import { Avatar, Button, Choice, Panel, Row, Rows } from "@greenroom/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../data/api";
import { sessionQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { Problem } from "../../parts/problem";

const ROLES: Role[] = ["host", "cohost", "speaker", "viewer"];

/** Who has come by the links, who waits, and what each may do. */
export function People({ session, mayChange }: { session: SessionDetail; mayChange: boolean }) {
  const shown = session.participants.filter(({ state }) => state !== "removed");
  if (shown.length === 0) return null;
  const waitingFirst = [...shown].sort((a, b) => Number(b.state === "waiting") - Number(a.state === "waiting"));
  return (
    <Panel className="mt-8" title={t("session.people")} testid="people">
      <Rows label={t("session.people")}>
        {waitingFirst.map((person) => (
          <PersonRow key={person.id} session={session} person={person} mayChange={mayChange} />
        ))}
      </Rows>
    </Panel>
  );
}

interface PersonRowProps {
  session: SessionDetail;
  person: Participant;
  /** Once a session is over, roles are history. */
  mayChange: boolean;
}

function PersonRow({ session, person, mayChange }: PersonRowProps) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (call: () => Promise<unknown>) => call(),
    onSettled: () => client.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey }),
  });
  const { id, name, role, joinedAt, state } = person;
  const waiting = state === "waiting";
  const may = (permission: SessionDetail["may"][number]) => session.may.includes(permission);
  return (
    <Row testid="participant">
      <Avatar name={name} className="size-9 shrink-0 text-xs" />
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate text-sm font-strong">{name}</p>
        <p className="numbers text-sm text-text-quiet">
          {t(waiting ? "people.waitingSince" : "people.joined", { when: when(joinedAt, "inside") })}
        </p>
      </div>
      {waiting && may("admit") && (
        <>
          <Button busy={act.isPending} onClick={() => act.mutate(() => api.admit(session.id, id))}>
            {t("people.admit")}
          </Button>
          <Button
            tone="quiet"
            busy={act.isPending}
            onClick={() => act.mutate(() => api.removeParticipant(session.id, id))}
          >
            {t("people.refuse")}
          </Button>
        </>
      )}
      {!waiting &&
        (mayChange && may("change_roles") ? (
          <Choice
            label={t("members.roleOf", { name })}
            quietLabel
            className="w-32"
            value={role}
            disabled={act.isPending}
            onChange={(next) => act.mutate(() => api.changeParticipant(session.id, id, { role: next }))}
            options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
        ) : (
          <span className="text-sm text-text-quiet">{t(`role.${role}`)}</span>
        ))}
      {act.error && <Problem error={act.error} />}
    </Row>
  );
}
