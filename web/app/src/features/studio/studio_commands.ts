import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import { leaveStudio } from "./commands/leave_studio";
import { record } from "./commands/record";
import { shareScreen } from "./commands/share_screen";
import { showPeople } from "./commands/show_people";
import { toggleCamera } from "./commands/toggle_camera";
import { toggleMic } from "./commands/toggle_mic";

interface StudioCore {
  studio: Studio;
  devices: Devices;
  togglePeople: () => void;
  leave: () => void;
}

export function studioCommands({ studio, devices, togglePeople, leave }: StudioCore) {
  return [
    toggleMic(devices),
    toggleCamera(devices),
    shareScreen(devices),
    record(studio),
    showPeople(togglePeople),
    leaveStudio(leave),
  ];
}
