/** "Ctrl+K" as key caps. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1" aria-hidden>
      {keys.split("+").map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line bg-ground px-1 font-sans text-xs text-text-quiet"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
