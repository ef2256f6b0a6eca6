import { Button, Empty } from "@greenroom/ui";
import { CircleAlert, SearchX } from "lucide-react";
import { t } from "../i18n";
import { Problem } from "../parts/problem";

export function ErrorPage({ error }: { error: unknown }) {
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-4 px-4 py-16">
      <Empty
        alone
        icon={<CircleAlert className="size-5" />}
        title={t("error.title")}
        action={<Button onClick={() => location.reload()}>{t("error.reload")}</Button>}
      >
        {t("error.text")}
      </Empty>
      <Problem error={error} />
    </main>
  );
}

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <Empty
        alone
        icon={<SearchX className="size-5" />}
        title={t("error.notFound.title")}
        action={<Button onClick={() => location.assign("/")}>{t("nav.home")}</Button>}
      >
        {t("error.notFound.text")}
      </Empty>
    </main>
  );
}
