export { type Choices, loadChoices, saveChoices } from "./choices";
export { type DeviceProblem, type DeviceState, Devices } from "./devices";
export { SoundMeter } from "./sound_meter";
