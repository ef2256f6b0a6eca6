import { type ComponentProps, type ReactNode, useId } from "react";
import { classes } from "./classes";

const CONTROL =
  "h-11 w-full rounded-md border border-line-strong bg-surface px-3 text-base text-text placeholder:text-text-quiet " +
  "transition-colors duration-150 hover:border-text-quiet focus-visible:outline-offset-0";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string;
  problem?: string;
}

export function Field({ label, hint, problem, className, ...rest }: FieldProps) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-strong">
        {label}
      </label>
      <input
        id={id}
        className={CONTROL}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        {...rest}
      />
      {note && (
        <p id={`${id}-note`} className={classes("mt-1 text-sm", problem ? "text-text" : "text-text-quiet")}>
          {note}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  icon?: ReactNode;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
  testid?: string;
}

/** A native select: every phone has a good one. */
export function Choice<T extends string>({ label, icon, value, options, onChange, testid }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex items-center gap-2 text-sm font-strong">
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
          className={classes(CONTROL, "appearance-none truncate pr-8", icon ? "pl-9" : undefined)}
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
