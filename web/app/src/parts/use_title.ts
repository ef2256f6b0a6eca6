import { useEffect } from "react";
import { t } from "../i18n";

/** The tab says what is in it. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? t("app.tab", { title }) : t("app.name");
  }, [title]);
}
