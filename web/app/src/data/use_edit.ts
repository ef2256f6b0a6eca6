import { ApiError } from "@greenroom/contract";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mergeEdits } from "./merge_edits";

interface EditOptions<T extends object, R extends { revision: number }> {
  /** As it was when the form was filled. */
  thing: R;
  fieldsOf: (thing: R) => T;
  save: (change: Partial<T>, revision: number) => Promise<R>;
  latest: () => Promise<R>;
  onSaved: (thing: R) => unknown;
}

export interface Conflict<T, R> {
  /** Changed by both, differently. */
  fields: (keyof T)[];
  theirs: T;
  /** All that fits together, with mine in the fields that do not. */
  mine: T;
  thing: R;
}

const ROUNDS = 3;

/**
 * An edit that never writes over what somebody else has just changed: their change and mine are put together where they
 * fit, and shown side by side where they do not.
 */
export function useEdit<T extends object, R extends { revision: number }>(options: EditOptions<T, R>) {
  const { fieldsOf, save, latest, onSaved } = options;
  const [base, setBase] = useState(options.thing);
  const [conflict, setConflict] = useState<Conflict<T, R>>();

  const edit = useMutation({
    mutationFn: async ({ mine, from }: { mine: T; from: R }) => {
      let against = from;
      let wanted = mine;
      for (let round = 1; ; round++) {
        try {
          return await save(changes(fieldsOf(against), wanted), against.revision);
        } catch (error) {
          if (!isOutdated(error) || round === ROUNDS) throw error;
        }
        const thing = await latest();
        const { merged, conflicts } = mergeEdits(fieldsOf(against), wanted, fieldsOf(thing));
        if (conflicts.length > 0) {
          setConflict({ fields: conflicts, theirs: fieldsOf(thing), mine: merged, thing });
          return undefined;
        }
        against = thing;
        wanted = merged;
      }
    },
    onSuccess: (saved) => {
      if (!saved) return;
      setConflict(undefined);
      setBase(saved);
      return onSaved(saved);
    },
  });

  return {
    conflict,
    busy: edit.isPending,
    error: edit.error,
    saved: edit.isSuccess && edit.data !== undefined,
    submit: (mine: T) => edit.mutate({ mine, from: conflict?.thing ?? base }),
    keepMine: () => conflict && edit.mutate({ mine: conflict.mine, from: conflict.thing }),
    /** What the form should show then. */
    takeTheirs: (): T | undefined => {
      if (!conflict) return undefined;
      const { mine, theirs, fields, thing } = conflict;
      setBase(thing);
      setConflict(undefined);
      return { ...mine, ...Object.fromEntries(fields.map((field) => [field, theirs[field]])) };
    },
  };
}

function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

function changes<T extends object>(before: T, after: T): Partial<T> {
  const fields = Object.keys(after) as (keyof T)[];
  return Object.fromEntries(
    fields
      .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
      .map((field) => [field, after[field]]),
  ) as Partial<T>;
}
