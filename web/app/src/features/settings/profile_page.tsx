import { Avatar, Button, Field, Panel, Tag } from "@greenroom/ui";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api } from "../../data/api";
import { meQuery } from "../../data/queries";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";
import { SavedMark } from "../../parts/saved_mark";
import { SettingsHeading } from "./settings_layout";

export function ProfilePage() {
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const save = useMutation({
    mutationFn: (name: string) => api.changeMe({ name }),
    onSuccess: (account) => client.setQueryData(meQuery.queryKey, account),
  });
  const problems = problemsOf(save.error, ["name"]);
  const { name, email, emailVerified } = me.user;
  return (
    <>
      <SettingsHeading title={t("settings.profile")} lead={t("profile.lead")} />
      <Panel title={t("profile.title")} lead={t("profile.text")}>
        <form className="flex flex-col gap-4" onSubmit={(event) => save.mutate(textsOf(event)("name"))}>
          <div className="flex items-end gap-4">
            <Avatar name={name} className="size-11 shrink-0 text-sm" />
            <Field
              className="min-w-0 flex-1"
              label={t("setup.name")}
              name="name"
              defaultValue={name}
              autoComplete="name"
              required
              maxLength={80}
              problem={problems.of("name")}
              data-testid="profile-name"
            />
          </div>
          <div>
            <p className="mb-1 text-sm font-strong">{t("setup.email")}</p>
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="min-w-0 break-words">{email}</span>
              <Tag>{t(emailVerified ? "profile.verified" : "profile.unverified")}</Tag>
            </p>
          </div>
          {problems.rest ? <Problem error={problems.rest} /> : null}
          <div className="flex items-center gap-3">
            <Button type="submit" tone="primary" busy={save.isPending} data-testid="save-profile">
              {t("app.save")}
            </Button>
            <SavedMark shown={save.isSuccess} />
          </div>
        </form>
      </Panel>
    </>
  );
}
