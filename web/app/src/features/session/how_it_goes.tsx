import { t } from "../../i18n";

const STEPS = ["session.how.1", "session.how.2", "session.how.3"] as const;

export function HowItGoes() {
  return (
    <section className="mt-8">
      <h2 className="font-strong">{t("session.how.title")}</h2>
      <ol className="mt-4 grid gap-4 sm:grid-cols-3">
        {STEPS.map((step, index) => (
          <li key={step} className="flex gap-3 text-sm text-text-quiet sm:flex-col">
            <span className="numbers flex size-6 shrink-0 items-center justify-center rounded-full bg-raised text-xs font-strong text-text">
              {index + 1}
            </span>
            {t(step)}
          </li>
        ))}
      </ol>
    </section>
  );
}
