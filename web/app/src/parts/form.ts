import { ApiError } from "@greenroom/contract";
import type { FormEvent } from "react";

/** What the server says about single fields, by name; and what is left over, to be said beneath the form. */
export function problemsOf(error: unknown, fields: string[]) {
  const named = error instanceof ApiError ? error.fields.filter(({ field }) => fields.includes(field)) : [];
  return {
    of: (field: string): string | undefined => {
      const words = named.find((entry) => entry.field === field)?.message;
      return words && sentence(words);
    },
    rest: error && named.length === 0 ? error : undefined,
  };
}

/** The form's texts by name, trimmed except for passwords, in which a space may be meant. */
export function textsOf(event: FormEvent<HTMLFormElement>): (name: string) => string {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return (name) => {
    const text = String(data.get(name) ?? "");
    return /password|current/i.test(name) ? text : text.trim();
  };
}

export function sentence(words: string): string {
  const begun = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
