import type { Studio } from "@greenroom/core/session";
import { Button, IconButton } from "@greenroom/ui";
import { SlidersHorizontal, X } from "lucide-react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { CopyButton } from "../../parts/copy_button";
import { WaitingList } from "./door";
import { PersonLine } from "./person_line";

interface PeoplePanelProps {
  studio: Studio;
  inviteLink: string | undefined;
  onDevices: () => void;
  onClose: () => void;
}

export function PeoplePanel({ studio, inviteLink, onDevices, onClose }: PeoplePanelProps) {
  const peers = useStore(studio.room.store, (state) => state.peers);
  const self = studio.admission.participant;
  const people = [
    { key: self.id, participantId: self.id, name: self.name, self: true, muted: false },
    ...peers.map(({ key, participantId, name, micPaused }) => ({
      key,
      participantId,
      name,
      self: false,
      muted: micPaused,
    })),
  ];
  return (
    <aside
      aria-label={t("session.people")}
      className="absolute inset-x-0 bottom-17 z-20 max-h-[60dvh] overflow-y-auto border-t bg-surface p-4 sm:static sm:max-h-none sm:w-72 sm:shrink-0 sm:border-t-0 sm:border-l"
    >
      <div className="flex items-center justify-between">
        <h2 className="font-strong">{t("session.people")}</h2>
        <IconButton label={t("app.close")} icon={<X className="size-5" />} onClick={onClose} />
      </div>
      <WaitingList studio={studio} />
      <ul className="mt-2 flex flex-col gap-1">
        {people.map((person) => (
          <PersonLine key={person.key} studio={studio} person={person} />
        ))}
      </ul>
      {inviteLink && (
        <div className="mt-4 border-t pt-4">
          <h3 className="text-sm font-strong">{t("session.invite")}</h3>
          <p className="mt-1 mb-3 text-xs text-text-quiet">{t("session.inviteHint")}</p>
          <CopyButton text={inviteLink} label={t("session.copyInvite")} className="w-full" />
        </div>
      )}
      {/* On a phone there is no room for it beside the controls. */}
      <Button className="mt-4 w-full sm:hidden" onClick={onDevices}>
        <SlidersHorizontal className="size-4" aria-hidden />
        {t("control.settings")}
      </Button>
    </aside>
  );
}
