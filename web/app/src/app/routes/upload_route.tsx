import { UploadsPage } from "../../features/uploads/uploads_page";
import { t } from "../../i18n";
import { useTitle } from "../../parts/use_title";

/** For hosts and guests alike: it needs no account, only this browser. */
export default function UploadRoute() {
  useTitle(t("uploads.title"));
  return (
    <main className="mx-auto max-w-column px-4 py-12 lg:px-8">
      <UploadsPage />
    </main>
  );
}
