import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { classes } from "./classes";

const CONTROL =
  "h-11 w-full rounded-md border border-line-strong bg-surface px-3 text-base text-text placeholder:text-text-quiet " +
  "transition-colors duration-150 hover:border-text-quiet focus-visible:outline-offset-0";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string;
  problem?: string;
  /** A control inside the field, at its end. */
  trailing?: ReactNode;
  /** Beside the label: another way, such as "Forgot it?". */
  aside?: ReactNode;
  /** The label is for screen readers alone: what surrounds the control says it. */
  quietLabel?: boolean;
}

export function Field({ label, hint, problem, trailing, aside, quietLabel, className, ...rest }: FieldProps) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className={className}>
      <div className={quietLabel ? "sr-only" : "mb-1 flex items-baseline justify-between gap-3 text-sm"}>
        <label htmlFor={id} className="font-strong">
          {label}
        </label>
        {aside}
      </div>
      <div className="relative">
        <input
          id={id}
          className={classes(CONTROL, trailing ? "pr-12" : undefined)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          {...rest}
        />
        {trailing && <div className="absolute inset-y-0 right-0 flex items-center">{trailing}</div>}
      </div>
      {note && <Note id={`${id}-note`} text={note} isProblem={problem !== undefined} />}
    </div>
  );
}

interface TextAreaProps extends ComponentProps<"textarea"> {
  label: string;
  hint?: string;
  problem?: string;
}

export function TextArea({ label, hint, problem, className, ...rest }: TextAreaProps) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-strong">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        className={classes(CONTROL, "h-auto py-2.5")}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        {...rest}
      />
      {note && <Note id={`${id}-note`} text={note} isProblem={problem !== undefined} />}
    </div>
  );
}

function Note({ id, text, isProblem }: { id: string; text: string; isProblem: boolean }) {
  return (
    <p id={id} className={classes("mt-1 flex gap-1.5 text-sm", isProblem ? "text-text" : "text-text-quiet")}>
      {isProblem && <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />}
      {text}
    </p>
  );
}

interface TickProps extends Omit<ComponentProps<"input">, "type"> {
  label: string;
  hint?: string;
}

/** One thing that is so or not so; the whole line is the target. */
export function Tick({ label, hint, className, ...rest }: TickProps) {
  const id = useId();
  return (
    <label className={classes("flex min-h-11 cursor-pointer gap-3 py-2.5 text-sm", className)}>
      <input
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 size-5 shrink-0 cursor-pointer accent-accent"
        {...rest}
      />
      <span className="min-w-0 pt-0.5">
        <span className="block">{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="block text-text-quiet">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  /** The label is for screen readers alone: what surrounds the control says it. */
  quietLabel?: boolean;
  hint?: string;
  disabled?: boolean;
  className?: string;
  icon?: ReactNode;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
  testid?: string;
}

/** A native select: every phone has a good one. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, quietLabel, hint, disabled, className, icon, value, options, onChange, testid } = props;
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={quietLabel ? "sr-only" : "mb-1 flex items-center gap-2 text-sm font-strong"}>
        {label}
      </label>
      <div className="relative">
        {icon && (
          <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-text-quiet">
            {icon}
          </span>
        )}
        <select
          id={id}
          data-testid={testid}
          disabled={disabled}
          aria-describedby={hint ? `${id}-note` : undefined}
          className={classes(
            CONTROL,
            "appearance-none truncate pr-8 disabled:opacity-60",
            icon ? "pl-9" : undefined,
            quietLabel && "text-sm",
          )}
          value={value}
          onChange={(event) => onChange(event.target.value as T)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <svg
          viewBox="0 0 16 16"
          className="pointer-events-none absolute right-3 top-3.5 size-4 text-text-quiet"
          aria-hidden
        >
          <path d="M4 6l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
        </svg>
      </div>
      {hint && <Note id={`${id}-note`} text={hint} isProblem={false} />}
    </div>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T | undefined;
  options: { value: T; label: string; testid?: string }[];
  onChange: (value: T) => void;
}

/** Two or three answers side by side, one of them chosen. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-strong">{label}</legend>
      <div className="flex gap-1 rounded-md border border-line bg-ground p-1">
        {options.map((option) => (
          <label
            key={option.value}
            data-testid={option.testid}
            className={classes(
              "flex h-9 flex-1 cursor-pointer items-center justify-center rounded-sm px-3 text-sm transition-colors duration-150",
              "has-focus-visible:outline-2 has-focus-visible:outline-focus",
              option.value === value ? "bg-raised font-strong text-text" : "text-text-quiet hover:text-text",
            )}
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
