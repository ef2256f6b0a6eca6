import type { SessionDetail } from "@greenroom/contract";
import { Button, classes, Notice, Progress } from "@greenroom/ui";
import { useMutation } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { api } from "../../data/api";
import { clockTime, duration, percent, t } from "../../i18n";
import { type Stage, stagesOf, uploadsByPerson } from "./stages";

const SHORT_WAIT_S = 120;

/** From stop to ready: whose recording is still on its way, which step runs, and when it will be done. */
export function ProgressPanel({ session }: { session: SessionDetail }) {
  const take = session.takes.at(-1);
  if (session.state === "failed") {
    const reason = session.job?.error ?? take?.error ?? "";
    return (
      <Notice kind="problem" title={t("progress.failed.title")} className="mt-8">
        {t("progress.failed.text", { reason })}
      </Notice>
    );
  }
  const { job } = session;
  const eta = session.state === "processing" ? job?.etaS : undefined;
  return (
    <section aria-live="polite" className="mt-8 rounded-lg border bg-surface p-4 sm:p-6">
      <ol className="grid gap-4 sm:grid-cols-3">
        {stagesOf(session).map((stage) => (
          <StageLine key={stage.id} stage={stage} />
        ))}
      </ol>
      {eta !== undefined && (
        <p className="numbers mt-4 text-sm text-text-quiet">
          {t("progress.left", { time: duration(eta) })} ·{" "}
          {t("progress.readyAt", { time: clockTime(Date.now() + eta * 1_000) })}
        </p>
      )}
      {session.state === "uploading" && <PeopleUploading session={session} />}
    </section>
  );
}

function StageLine({ stage }: { stage: Stage }) {
  return (
    <li className={classes("text-sm", stage.state === "waiting" && "text-text-quiet")}>
      <div className="mb-2 flex items-center gap-2">
        {stage.state === "done" ? (
          <Check className="size-4 text-accent" aria-hidden />
        ) : (
          <span
            aria-hidden
            className={classes(
              "mx-1 size-2 rounded-full",
              stage.state === "running" ? "bg-accent" : "border-2 border-line-strong",
            )}
          />
        )}
        <span className="font-strong">{t(`progress.${stage.id}`)}</span>
        {stage.state === "running" && stage.fraction !== undefined && (
          <span className="numbers ml-auto text-text-quiet">{percent(stage.fraction)}</span>
        )}
      </div>
      <Progress
        label={t(`progress.${stage.id}`)}
        value={stage.state === "done" ? 1 : stage.state === "waiting" ? 0 : stage.fraction}
      />
    </li>
  );
}

function PeopleUploading({ session }: { session: SessionDetail }) {
  const take = session.takes.at(-1);
  const finish = useMutation({ mutationFn: () => api.finishTake(take?.id ?? "") });
  const shorten = useMutation({ mutationFn: () => api.shortenWait(take?.id ?? "", SHORT_WAIT_S) });
  const people = uploadsByPerson(take);
  const until = take?.waitsUntil;
  const long = until !== undefined && Date.parse(until) - Date.now() > 2 * SHORT_WAIT_S * 1_000;
  return (
    <div className="mt-6 border-t pt-4">
      <p className="text-sm text-text-quiet">{t("progress.uploading.text")}</p>
      <ul className="mt-3 flex flex-col gap-3">
        {people.map((person) => (
          <li
            key={person.participantId}
            className="grid grid-cols-[5rem_1fr_3.5rem] sm:grid-cols-[10rem_1fr_4rem] items-center gap-3 text-sm"
          >
            <span className="truncate">{person.name}</span>
            <Progress label={person.name} value={person.fraction} />
            <span className="numbers text-right text-text-quiet">{percent(person.fraction)}</span>
          </li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        {long && (
          <Button busy={shorten.isPending} onClick={() => shorten.mutate()} data-testid="shorten-wait">
            {t("progress.waitLess", { count: SHORT_WAIT_S / 60 })}
          </Button>
        )}
        <Button busy={finish.isPending} onClick={() => finish.mutate()} data-testid="finish-take">
          {t("progress.finishNow")}
        </Button>
        <span className="numbers text-sm text-text-quiet">
          {until && `${t("progress.waitsUntil", { time: clockTime(until) })} `}
          {t("progress.finishHint")}
        </span>
      </div>
    </div>
  );
}
