/** What opens above the page looks so. */
export const PANEL = "animate-appear z-50 rounded-md border bg-surface text-text shadow-2xl";
