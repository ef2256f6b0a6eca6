export { type FinishOptions, finishInBackground, finishLeft } from "./finish";
