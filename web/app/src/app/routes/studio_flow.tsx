import type { Admission } from "@greenroom/contract";
import { Devices } from "@greenroom/core/devices";
import { connectSignaling, Studio } from "@greenroom/core/session";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { participantApi } from "../../data/api";
import { openRecording, type Recording } from "../../data/recording";
import { GreenRoom } from "../../features/greenroom/green_room";
import { Stage } from "../../features/studio/stage";

interface StudioFlowProps {
  heading: ReactNode;
  askName: boolean;
  takeRunning: boolean;
  inviteToken?: string;
  inviteLink?: string;
  admit: (name: string) => Promise<Admission>;
  onLeft: (recording: Recording) => void;
}

interface Entered {
  studio: Studio;
  recording: Recording;
}

/** Green room, then stage: the same way in for hosts and guests. */
export function StudioFlow({ heading, askName, takeRunning, inviteToken, inviteLink, admit, onLeft }: StudioFlowProps) {
  const [devices] = useState(() => new Devices());
  const [entered, setEntered] = useState<Entered>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    void devices.open();
    // Opened before it is needed, so that joining waits for nothing but the server.
    void openRecording();
    return () => devices.close();
  }, [devices]);
  useEffect(() => () => entered?.studio.leave(), [entered]);
  useWarnBeforeClosing(entered);

  const join = async (name: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const [admission, recording] = await Promise.all([admit(name), openRecording()]);
      setEntered({ studio: enter(admission, recording, devices, inviteToken), recording });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const leave = useCallback(() => {
    entered?.studio.leave();
    devices.close();
    if (entered) onLeft(entered.recording);
  }, [entered, devices, onLeft]);

  if (!entered) return <GreenRoom {...{ devices, heading, askName, takeRunning, busy, error }} onJoin={join} />;
  const { studio, recording } = entered;
  return (
    <Stage studio={studio} devices={devices} uploads={recording.uploads} inviteLink={inviteLink} onLeave={leave} />
  );
}

function enter(admission: Admission, recording: Recording, devices: Devices, inviteToken: string | undefined): Studio {
  return new Studio({
    admission,
    inviteToken,
    signaling: connectSignaling(location.origin, admission.token),
    api: participantApi(admission.token),
    devices,
    ...recording,
  });
}

/** The browser asks before a tab is closed that records or still has something to send. */
function useWarnBeforeClosing(entered: Entered | undefined): void {
  useEffect(() => {
    if (!entered) return;
    const warn = (event: BeforeUnloadEvent) => {
      const recording = entered.studio.store.getState().phase === "recording";
      const open = entered.recording.uploads.store.getState().items.some((item) => item.phase !== "done");
      if (recording || open) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [entered]);
}
