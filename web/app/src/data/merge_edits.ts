/** What two people did to the same thing: what fits together, and what does not. */
export interface Merge<T> {
  merged: T;
  /** Fields that both have changed, to different values; `merged` holds mine. */
  conflicts: (keyof T)[];
}

/** Three-way merge, field by field: what only one of the two has changed is taken as that one left it. */
export function mergeEdits<T extends object>(base: T, mine: T, theirs: T): Merge<T> {
  const merged = { ...theirs };
  const conflicts: (keyof T)[] = [];
  for (const field of new Set([...Object.keys(base), ...Object.keys(mine)]) as Set<keyof T & string>) {
    if (same(mine[field], base[field])) continue;
    merged[field] = mine[field];
    if (!same(theirs[field], base[field]) && !same(theirs[field], mine[field])) conflicts.push(field);
  }
  return { merged, conflicts };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
