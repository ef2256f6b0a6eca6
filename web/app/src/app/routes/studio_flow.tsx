import { type Admission, ApiError } from "@greenroom/contract";
import { Devices } from "@greenroom/core/devices";
import { connectSignaling, Studio, type WaitingPhase, WaitingRoom } from "@greenroom/core/session";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useStore } from "zustand";
import { participantApi } from "../../data/api";
import { isClosable } from "../../data/background";
import { openRecording, type Recording } from "../../data/recording";
import { GreenRoom } from "../../features/greenroom/green_room";
import { Waiting } from "../../features/greenroom/waiting";
import { Stage } from "../../features/studio/stage";
import { t } from "../../i18n";
import { TurnedAway } from "./turned_away";

interface StudioFlowProps {
  heading: ReactNode;
  askName: boolean;
  /** By a viewer's link: nothing of this device is opened. Unknown while the link is still being looked up. */
  watching: boolean | undefined;
  takeRunning: boolean;
  inviteToken?: string;
  inviteLink?: string;
  admit: (name: string) => Promise<Admission>;
  onLeft: (recording: Recording) => void;
}

type Where =
  | { at: "greenRoom" }
  | { at: "door"; admission: Admission; agreed: boolean; room: WaitingRoom }
  | { at: "stage"; studio: Studio; recording: Recording }
  | { at: "outside"; why: "refused" | "removed" };

/** Green room, where there is one the door, then the stage: the same way in for hosts and guests. */
export function StudioFlow(props: StudioFlowProps) {
  const { heading, askName, watching = false, takeRunning, inviteToken, inviteLink, admit, onLeft } = props;
  const [devices] = useState(() => new Devices());
  const [where, setWhere] = useState<Where>({ at: "greenRoom" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    // Opened before it is needed, so that joining waits for nothing but the server.
    void openRecording();
    return () => devices.close();
  }, [devices]);
  const opens = props.watching === false;
  useEffect(() => {
    if (opens) void devices.open();
  }, [devices, opens]);
  useEffect(
    () => () => {
      if (where.at === "stage") where.studio.leave();
      if (where.at === "door") where.room.close();
    },
    [where],
  );
  useWarnBeforeClosing(where);

  const goIn = useCallback(
    async (admission: Admission, agreed: boolean) => {
      const recording = await openRecording();
      const studio = enter(admission, recording, devices, inviteToken);
      if (agreed) studio.consent.agree(t("consent.notice"));
      setWhere({ at: "stage", studio, recording });
    },
    [devices, inviteToken],
  );
  const join = async (name: string, agreed: boolean) => {
    setBusy(true);
    setError(undefined);
    try {
      const admission = await admit(name);
      if (admission.waiting) setWhere({ at: "door", admission, agreed, room: waitFor(admission, () => admit(name)) });
      else await goIn(admission, agreed);
    } catch (failure) {
      if (isRemoved(failure)) setWhere({ at: "outside", why: "removed" });
      else setError(failure);
    }
    setBusy(false);
  };
  const turnAway = useCallback(
    (why: "refused" | "removed") => {
      devices.close();
      setWhere({ at: "outside", why });
    },
    [devices],
  );
  const leave = useCallback(() => {
    if (where.at !== "stage") return;
    where.studio.leave();
    devices.close();
    onLeft(where.recording);
  }, [where, devices, onLeft]);

  if (where.at === "outside") return <TurnedAway why={where.why} />;
  if (where.at === "greenRoom") {
    return <GreenRoom {...{ devices, heading, askName, watching, takeRunning, busy, error }} onJoin={join} />;
  }
  if (where.at === "door") {
    return (
      <AtTheDoor
        {...{ ...where, devices, heading, watching }}
        onAdmitted={() => goIn({ ...where.admission, waiting: false }, where.agreed)}
        onRefused={() => turnAway("refused")}
        onLeave={() => setWhere({ at: "greenRoom" })}
      />
    );
  }
  const { studio, recording } = where;
  return (
    <OnStage studio={studio} onRemoved={() => turnAway("removed")} onEnded={leave}>
      <Stage studio={studio} devices={devices} uploads={recording.uploads} inviteLink={inviteLink} onLeave={leave} />
    </OnStage>
  );
}

interface AtTheDoorProps {
  devices: Devices;
  heading: ReactNode;
  watching: boolean;
  admission: Admission;
  room: WaitingRoom;
  onAdmitted: () => Promise<void>;
  onRefused: () => void;
  onLeave: () => void;
}

function AtTheDoor({ room, onAdmitted, onRefused, ...shown }: AtTheDoorProps) {
  const { phase } = useStore(room.store);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what follows happens once per phase
  useEffect(() => {
    if (phase === "admitted") void onAdmitted();
    if (phase === "refused") onRefused();
  }, [phase]);
  return <Waiting {...shown} />;
}

interface OnStageProps {
  studio: Studio;
  onRemoved: () => void;
  onEnded: () => void;
  children: ReactNode;
}

function OnStage({ studio, onRemoved, onEnded, children }: OnStageProps) {
  const out = useStore(studio.people.store, (state) => state.out);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it happens once
  useEffect(() => {
    if (out === "removed") onRemoved();
    if (out === "ended") onEnded();
  }, [out]);
  return children;
}

/** Asking to join again as the same person tells how it stands, and that this person is still here. */
function waitFor(admission: Admission, ask: () => Promise<Admission>): WaitingRoom {
  return new WaitingRoom({
    admission,
    signaling: connectSignaling(location.origin, { token: admission.token }),
    ask: async (): Promise<WaitingPhase> => {
      try {
        return (await ask()).waiting ? "waiting" : "admitted";
      } catch (failure) {
        if (isRemoved(failure)) return "refused";
        throw failure;
      }
    },
  });
}

function isRemoved(failure: unknown): boolean {
  return failure instanceof ApiError && failure.code === "studio.removed";
}

function enter(admission: Admission, recording: Recording, devices: Devices, inviteToken: string | undefined): Studio {
  return new Studio({
    admission,
    inviteToken,
    signaling: connectSignaling(location.origin, { token: admission.token }),
    api: participantApi(admission.token),
    devices,
    ...recording,
  });
}

/** The browser asks before a tab is closed that records or still has something to send. */
function useWarnBeforeClosing(where: Where): void {
  useEffect(() => {
    if (where.at !== "stage") return;
    const { studio, recording } = where;
    const warn = (event: BeforeUnloadEvent) => {
      const running = studio.store.getState().phase === "recording";
      const { items } = recording.uploads.store.getState();
      const open = items.some((item) => item.phase !== "done");
      if (running || (open && !isClosable(items))) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [where]);
}
