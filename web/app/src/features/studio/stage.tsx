import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import type { Uploads } from "@greenroom/core/uploader";
import { TileGrid } from "@greenroom/ui";
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { useCommands } from "../../commands/registry";
import { t } from "../../i18n";
import { Alone } from "./alone";
import { ConnectionNotice } from "./connection_notice";
import { ConnectionPanel } from "./connection_panel";
import { ConsentDialog } from "./consent_dialog";
import { Controls } from "./controls";
import { DevicesDialog } from "./devices_dialog";
import { Door } from "./door";
import { LeaveDialog } from "./leave_dialog";
import { LimitNotice } from "./limit_notice";
import { MarkerCard } from "./marker_card";
import { PeoplePanel } from "./people_panel";
import { RecordBar } from "./record_bar";
import { studioCommands } from "./studio_commands";
import { SelfTile, Tile } from "./tile";
import { Troubles } from "./troubles";
import { UplinkHint } from "./uplink_hint";

export interface StageProps {
  studio: Studio;
  devices: Devices;
  uploads: Uploads;
  inviteLink: string | undefined;
  onLeave: () => void;
}

/** The studio itself. The record bar is on top for everyone; controls stay at the bottom, always in the same order. */
export function Stage({ studio, devices, uploads, inviteLink, onLeave }: StageProps) {
  const { peers, activeSpeaker, connection } = useStore(studio.room.store);
  const phase = useStore(studio.store, (state) => state.phase);
  const { screen } = useStore(devices.store);
  const somebodyWaits = useStore(studio.people.store, (state) => state.waiting.length > 0);
  const takesPart = useStore(studio.people.store, () => studio.takesPart);
  const [peopleOpen, setPeopleOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [inspecting, setInspecting] = useState(false);
  const leave = useMemo(
    () => () => (studio.store.getState().phase === "recording" ? setLeaving(true) : onLeave()),
    [studio, onLeave],
  );
  const commands = useMemo(
    () =>
      studioCommands({
        studio,
        devices,
        togglePeople: () => setPeopleOpen((was) => !was),
        openDevices: () => setChoosing(true),
        openConnection: () => setInspecting(true),
        leave,
      }),
    [studio, devices, leave],
  );
  useCommands(commands);
  const sharing = screen ? [{ key: "self", name: t("stage.you"), track: screen }] : [];
  const screens = [
    ...sharing,
    ...peers.flatMap(({ key, name, tracks }) => (tracks.screen ? [{ key, name, track: tracks.screen }] : [])),
  ];
  const people = [
    takesPart && (
      <SelfTile
        key="self"
        studio={studio}
        devices={devices}
        speaking={activeSpeaker === studio.admission.participant.id}
        onSignal={() => setInspecting(true)}
      />
    ),
    ...peers.map((peer) => <Tile key={peer.key} studio={studio} peer={peer} speaking={activeSpeaker === peer.key} />),
  ];

  return (
    <main
      data-theme="dark"
      data-testid="stage"
      data-connection={connection}
      data-phase={phase}
      className="relative flex h-dvh flex-col overflow-hidden"
    >
      <h1 className="sr-only">{studio.admission.session.title}</h1>
      <RecordBar studio={studio} uploads={uploads} peopleHere={peers.length + 1} />
      <ConnectionNotice studio={studio} onLeave={onLeave} />
      <Troubles studio={studio} devices={devices} />
      <UplinkHint studio={studio} />
      <LimitNotice studio={studio} />
      <Door studio={studio} />
      {inviteLink && peers.length === 0 && !somebodyWaits && connection === "connected" && phase === "idle" && (
        <Alone inviteLink={inviteLink} />
      )}
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-2 p-2 sm:p-3">
          {screens.map(({ key, name, track }) => (
            <div key={`screen-${key}`} className="min-h-0 flex-[3]">
              <Tile.Screen name={name} track={track} />
            </div>
          ))}
          <div className="min-h-0 flex-1">
            <TileGrid>{people}</TileGrid>
          </div>
        </div>
        {peopleOpen && (
          <PeoplePanel
            studio={studio}
            inviteLink={inviteLink}
            onDevices={() => setChoosing(true)}
            onClose={() => setPeopleOpen(false)}
          />
        )}
      </div>
      <MarkerCard studio={studio} />
      <Controls studio={studio} devices={devices} commands={commands} peopleOpen={peopleOpen} />
      <ConnectionPanel studio={studio} open={inspecting} onOpenChange={setInspecting} />
      <DevicesDialog devices={devices} open={choosing} onOpenChange={setChoosing} />
      <ConsentDialog studio={studio} onLeave={onLeave} />
      <LeaveDialog open={leaving} onOpenChange={setLeaving} onLeave={onLeave} />
    </main>
  );
}
