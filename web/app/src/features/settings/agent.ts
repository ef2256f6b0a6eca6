/** A browser's way of introducing itself, in the words people use for it. */
export interface Agent {
  browser?: string;
  system: string;
  phone: boolean;
}

// In this order: most browsers also claim to be those further down.
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "Mac"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

export function agentOf(text: string): Agent {
  const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(text))?.[1];
  const system = first(SYSTEMS) ?? "";
  return { browser: first(BROWSERS), system, phone: /iPhone|Android.*Mobile/.test(text) };
}
