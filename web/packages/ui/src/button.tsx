import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import { Tooltip } from "./tooltip";

type Tone = "primary" | "plain" | "quiet" | "record";

const TONES: Record<Tone, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong",
  plain: "bg-surface text-text border border-line hover:bg-raised",
  quiet: "text-text-quiet hover:text-text hover:bg-raised",
  record: "bg-record text-record-ink hover:brightness-110",
};
const BASE =
  "inline-flex items-center justify-center gap-2 rounded-md text-sm font-strong whitespace-nowrap select-none " +
  "transition-[background-color,color,filter] duration-150 disabled:opacity-50 disabled:pointer-events-none";

interface ButtonProps extends ComponentProps<"button"> {
  tone?: Tone;
  busy?: boolean;
}

export function Button({ tone = "plain", busy, className, children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classes(BASE, "h-11 px-4", TONES[tone], className)}
      disabled={disabled || busy}
      aria-busy={busy}
      {...rest}
    >
      {busy && (
        <span className="size-4 animate-spin rounded-full border-2 border-current border-t-transparent" aria-hidden />
      )}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  label: string;
  keys?: string;
  tone?: Tone;
  pressed?: boolean;
  icon: ReactNode;
}

/** An icon that names itself: to a screen reader always, to everyone else in the tooltip, with its key. */
export function IconButton({ label, keys, tone = "quiet", pressed, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={classes(BASE, "size-11 shrink-0", TONES[tone], className)}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
