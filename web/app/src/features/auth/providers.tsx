import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { providersQuery } from "../../data/queries";
import { t } from "../../i18n";

/** Sign-in with an account elsewhere; nothing at all where none is set up. */
export function Providers({ next }: { next?: string }) {
  const { data: providers = [] } = useQuery(providersQuery);
  const query = next ? `?next=${encodeURIComponent(next)}` : "";
  return providers.map(({ id, name }) => (
    <a
      key={id}
      href={`/api/v1/sign-in/${encodeURIComponent(id)}${query}`}
      data-testid={`provider-${id}`}
      className="mt-3 flex h-11 items-center justify-center gap-2 rounded-md border border-line bg-surface px-4 text-sm font-strong transition-colors duration-150 hover:bg-raised"
    >
      <KeyRound className="size-4" aria-hidden />
      {t("login.with", { name })}
    </a>
  ));
}
