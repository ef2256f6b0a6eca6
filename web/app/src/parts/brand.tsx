/** A door with the light on behind it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="9" className="fill-accent opacity-20" />
      <path d="M10 25V10.5A3.5 3.5 0 0 1 13.5 7h5a3.5 3.5 0 0 1 3.5 3.5V25z" className="fill-accent" />
      <circle cx="18.6" cy="16.6" r="1.5" className="fill-ground" />
    </svg>
  );
}
