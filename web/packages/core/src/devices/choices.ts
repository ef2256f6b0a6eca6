/** What this person chose last time, so that the next session starts with one click. */
export interface Choices {
  microphoneId?: string;
  cameraId?: string;
  headphones: boolean;
  quality: "720p" | "360p";
  name: string;
}

const KEY = "greenroom.choices";
const DEFAULTS: Choices = { headphones: false, quality: "720p", name: "" };

export function loadChoices(): Choices {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULTS;
  }
}

export function saveChoices(choices: Choices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A browser that keeps nothing only asks again next time.
  }
}
