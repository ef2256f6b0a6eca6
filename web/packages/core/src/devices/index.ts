export { type Choices, loadChoices, saveChoices } from "./choices";
export { type DeviceProblem, Devices, type DeviceState } from "./devices";
export { SoundMeter } from "./sound_meter";
