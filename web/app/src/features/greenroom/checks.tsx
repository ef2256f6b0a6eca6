import { Check, CircleAlert, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { bytes, t } from "../../i18n";

const SLOW_MS = 400;
const LOW_BYTES = 2e9;

interface Finding {
  state: "checking" | "good" | "weak";
  words: string;
}

/** Runs beside everything else; says what it finds and never stands in the way. */
export function Checks() {
  const connection = useConnectionCheck();
  const storage = useStorageCheck();
  return (
    <ul className="numbers mt-3 flex min-h-5 flex-wrap gap-x-6 gap-y-1 text-sm text-text-quiet">
      {[connection, storage].map((finding) => finding && <CheckLine key={finding.words} finding={finding} />)}
    </ul>
  );
}

function CheckLine({ finding }: { finding: Finding }) {
  const Icon = { checking: LoaderCircle, good: Check, weak: CircleAlert }[finding.state];
  return (
    <li className="flex items-center gap-2">
      <Icon className={finding.state === "good" ? "size-4 text-accent" : "size-4"} aria-hidden />
      {finding.words}
    </li>
  );
}

function useConnectionCheck(): Finding {
  const [finding, setFinding] = useState<Finding>({ state: "checking", words: t("check.connection.checking") });
  useEffect(() => {
    let gone = false;
    void quickestAnswer().then((ms) => {
      if (gone) return;
      if (ms === undefined) setFinding({ state: "weak", words: t("check.connection.none") });
      else if (ms > SLOW_MS) setFinding({ state: "weak", words: t("check.connection.slow") });
      else setFinding({ state: "good", words: t("check.connection.good") });
    });
    return () => {
      gone = true;
    };
  }, []);
  return finding;
}

async function quickestAnswer(): Promise<number | undefined> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const begin = performance.now();
    const answer = await fetch("/health", { cache: "no-store" }).catch(() => undefined);
    if (answer?.ok) times.push(performance.now() - begin);
  }
  return times.length ? Math.min(...times) : undefined;
}

function useStorageCheck(): Finding | undefined {
  const [free, setFree] = useState<number>();
  useEffect(() => {
    // Asked before anything is recorded: what is kept persistently is not evicted when the disk gets tight.
    void navigator.storage?.persist?.().catch(() => undefined);
    void navigator.storage?.estimate?.().then(
      ({ quota = 0, usage = 0 }) => setFree(quota - usage),
      () => undefined,
    );
  }, []);
  if (free === undefined) return undefined;
  const low = free < LOW_BYTES;
  return {
    state: low ? "weak" : "good",
    words: t(low ? "check.storage.low" : "check.storage", { space: bytes(free) }),
  };
}
