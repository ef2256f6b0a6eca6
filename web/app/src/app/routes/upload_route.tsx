import { UploadsPage } from "../../features/uploads/uploads_page";

/** For hosts and guests alike: it needs no account, only this browser. */
export default function UploadRoute() {
  return (
    <main className="mx-auto max-w-column px-4 py-12 lg:px-8">
      <UploadsPage />
    </main>
  );
}
