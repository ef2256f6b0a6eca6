import { en } from "./en";

export type Key = keyof typeof en;

/** The words for a key, with `{name}` filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return en[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const DAY_MS = 86_400_000;
const dayAndTime = new Intl.DateTimeFormat(undefined, { weekday: "long", hour: "2-digit", minute: "2-digit" });
const dateAndTime = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const NAMED_DAYS = { "-1": "time.yesterday", "0": "time.today", "1": "time.tomorrow" } as const;

/** "Today 14:00" ("today 14:00" inside a sentence), "Tuesday 14:00" within the week, "3 Mar, 14:00" beyond it. */
export function when(time: string | number, place: "alone" | "inside" = "alone"): string {
  const date = new Date(time);
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / DAY_MS);
  const named = NAMED_DAYS[String(days) as keyof typeof NAMED_DAYS];
  if (named) {
    const words = t(named, { time: clock.format(date) });
    return place === "inside" ? words.charAt(0).toLocaleLowerCase() + words.slice(1) : words;
  }
  const near = Math.abs(Date.now() - date.getTime()) < 6 * DAY_MS;
  return (near ? dayAndTime : dateAndTime).format(date);
}

export function clockTime(time: string | number): string {
  return clock.format(new Date(time));
}

/** "42 min", "1 h 05 min", "35 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return t("time.seconds", { count: whole });
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t("time.minutes", { count: minutes });
  if (minutes % 60 === 0) return t("time.wholeHours", { hours: minutes / 60 });
  return t("time.hours", { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, "0") });
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function bytes(count: number): string {
  const step = count < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1_000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[step]}`;
}

/** "850 kbit/s", "2.4 Mbit/s". */
export function bitrate(bitsPerSecond: number): string {
  if (bitsPerSecond < 1_000_000) return t("unit.kbits", { count: Math.round(bitsPerSecond / 1_000) });
  return t("unit.mbits", { count: (bitsPerSecond / 1_000_000).toFixed(1) });
}

/** To the nearest, and never nothing where there is something: "0.4 %", "4 %". */
export function roundPercent(fraction: number): string {
  const value = fraction * 100;
  return `${value > 0 && value < 1 ? Math.max(0.1, value).toFixed(1) : Math.round(value)} %`;
}

export function percent(fraction: number): string {
  return `${Math.floor(Math.max(0, Math.min(1, fraction)) * 100)} %`;
}
