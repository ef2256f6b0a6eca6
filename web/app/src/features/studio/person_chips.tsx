import type { Take } from "@greenroom/contract";
import type { Studio } from "@greenroom/core/session";
import { byPerson, takeTime, timecode } from "@greenroom/core/timeline";
import { Progress } from "@greenroom/ui";
import { useStore } from "zustand";
import { bytes, t } from "../../i18n";

/** Further behind than this is worth a look; a healthy upload trails by one or two seconds. */
const BEHIND_MS = 15_000;

/** What each person has recorded on their device and how much of it the server holds. */
export function PersonChips({ studio, take }: { studio: Studio; take: Take }) {
  const reports = useStore(studio.store, (state) => state.progress);
  const peers = useStore(studio.room.store, (state) => state.peers);
  const progress = new Map(byPerson(reports).map((person) => [person.participantId, person]));
  const self = studio.admission.participant;
  const people = [
    { id: self.id, name: self.name || t("stage.you") },
    ...peers.flatMap((peer) => (peer.participantId ? [{ id: peer.participantId, name: peer.name }] : [])),
  ];
  return (
    <>
      <h2 className="text-sm font-strong">{t("record.people")}</h2>
      <ul className="mt-3 flex flex-col gap-3">
        {people.map(({ id, name }) => {
          const person = progress.get(id);
          const behind = person !== undefined && person.capturedMs - person.safeMs > BEHIND_MS;
          return (
            <li key={id} data-testid="person-chip" data-participant-name={name} className="text-sm">
              <div className="numbers mb-1 flex justify-between gap-3">
                <span className="truncate">{name}</span>
                <span className="shrink-0 text-text-quiet">
                  {!person
                    ? t("record.person.none")
                    : person.pendingBytes > 0
                      ? t("record.person.pending", { size: bytes(person.pendingBytes) })
                      : t("record.person.all")}
                </span>
              </div>
              <Progress
                label={behind ? `${name}, ${t("record.behind")}` : name}
                value={person && person.capturedMs > 0 ? person.safeMs / person.capturedMs : 0}
                tone={behind ? "risk" : "accent"}
              />
              {person && (
                <p className="numbers mt-1 text-xs text-text-quiet" data-testid="person-safe">
                  {t("record.person.safe", { time: timecode(takeTime(take, take.startedAtMs + person.safeMs)) })}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
