import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import { chooseDevices } from "./commands/choose_devices";
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
  openDevices: () => void;
  leave: () => void;
}

export function studioCommands({ studio, devices, togglePeople, openDevices, leave }: StudioCore) {
  return [
    toggleMic(devices),
    toggleCamera(devices),
    shareScreen(devices),
    chooseDevices(openDevices),
    record(studio),
    showPeople(togglePeople),
    leaveStudio(leave),
  ];
}
