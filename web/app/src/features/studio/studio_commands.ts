import type { Permission } from "@greenroom/contract";
import type { Devices } from "@greenroom/core/devices";
import type { Studio } from "@greenroom/core/session";
import type { Command } from "../../commands/registry";
import { chooseDevices } from "./commands/choose_devices";
import { leaveStudio } from "./commands/leave_studio";
import { pauseTake } from "./commands/pause_take";
import { record } from "./commands/record";
import { setMarker } from "./commands/set_marker";
import { shareScreen } from "./commands/share_screen";
import { showConnection } from "./commands/show_connection";
import { showPeople } from "./commands/show_people";
import { toggleCamera } from "./commands/toggle_camera";
import { toggleMic } from "./commands/toggle_mic";

interface StudioCore {
  studio: Studio;
  devices: Devices;
  togglePeople: () => void;
  openDevices: () => void;
  openConnection: () => void;
  leave: () => void;
}

export function studioCommands({ studio, devices, togglePeople, openDevices, openConnection, leave }: StudioCore) {
  const permitted = (permission: Permission, command: Command): Command => ({
    ...command,
    when: () => studio.may(permission) && (command.when?.() ?? true),
  });
  return [
    permitted("publish_audio", toggleMic(devices)),
    permitted("publish_video", toggleCamera(devices)),
    permitted("share_screen", shareScreen(devices)),
    { ...chooseDevices(openDevices), when: () => studio.takesPart },
    record(studio),
    permitted("record", pauseTake(studio)),
    permitted("record", setMarker(studio)),
    showPeople(togglePeople),
    showConnection(openConnection),
    leaveStudio(leave),
  ];
}
