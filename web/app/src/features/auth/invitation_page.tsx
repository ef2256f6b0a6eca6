import { ApiError, type InvitationView, type Me } from "@greenroom/contract";
import { Button, Field, Notice, Skeleton } from "@greenroom/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { api } from "../../data/api";
import { invitationQuery, meQuery } from "../../data/queries";
import { t } from "../../i18n";
import { problemsOf, textsOf } from "../../parts/form";
import { NewPasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { Aside, AuthCard, LINK } from "./auth_card";
import { NameField } from "./person_fields";
import { useEnter } from "./use_enter";

/** Into somebody's workspace: with the account one has, or with a new one made here. */
export function InvitationPage({ token }: { token: string }) {
  const invitation = useQuery(invitationQuery(token));
  const me = useQuery({ ...meQuery, retry: false });
  if (invitation.isError) return <Unknown error={invitation.error} />;
  if (!invitation.data || me.isPending) {
    return (
      <AuthCard title={t("invitation.loading")}>
        <Skeleton className="h-44" />
      </AuthCard>
    );
  }
  const { workspaceName, role, invitedBy, email } = invitation.data;
  const lead = t("invitation.lead", { name: invitedBy, role: t(`workspaceRole.${role}`) });
  const title = t("invitation.title", { workspace: workspaceName });
  if (me.data) return <AsMyself title={title} lead={lead} token={token} me={me.data} />;
  if (invitation.data.hasAccount) return <SignInFirst title={title} lead={lead} token={token} email={email} />;
  return <AsNewcomer title={title} lead={lead} token={token} invitation={invitation.data} />;
}

function AsMyself({ title, lead, token, me }: { title: string; lead: string; token: string; me: Me }) {
  const enter = useEnter();
  const navigate = useNavigate();
  const accept = useMutation({ mutationFn: () => api.acceptInvitation(token, {}), onSuccess: enter });
  return (
    <AuthCard title={title} lead={lead}>
      <p className="mb-4 text-sm text-text-quiet">{t("invitation.as", { name: me.user.name, email: me.user.email })}</p>
      {accept.error && <Problem error={accept.error} />}
      <div className="mt-4 flex gap-2">
        <Button tone="primary" busy={accept.isPending} onClick={() => accept.mutate()} data-testid="accept-invitation">
          {t("invitation.accept")}
        </Button>
        <Button tone="quiet" onClick={() => navigate({ to: "/" })}>
          {t("invitation.later")}
        </Button>
      </div>
    </AuthCard>
  );
}

interface SignInFirstProps {
  title: string;
  lead: string;
  token: string;
  email: string;
}

function SignInFirst({ title, lead, token, email }: SignInFirstProps) {
  const navigate = useNavigate();
  return (
    <AuthCard title={title} lead={lead}>
      <p className="mb-4 text-sm text-text-quiet">{t("invitation.known", { email })}</p>
      <Button tone="primary" onClick={() => navigate({ to: "/login", search: { next: `/invitations/${token}` } })}>
        {t("invitation.signIn")}
      </Button>
    </AuthCard>
  );
}

interface AsNewcomerProps {
  title: string;
  lead: string;
  token: string;
  invitation: InvitationView;
}

function AsNewcomer({ title, lead, token, invitation }: AsNewcomerProps) {
  const enter = useEnter();
  const accept = useMutation({
    mutationFn: (person: { name: string; password: string }) => api.acceptInvitation(token, person),
    onSuccess: enter,
  });
  const problems = problemsOf(accept.error, ["name", "password"]);
  return (
    <AuthCard
      title={title}
      lead={lead}
      foot={
        <Aside question={t("register.haveAccount")}>
          <Link to="/login" search={{ next: `/invitations/${token}` }} className={LINK}>
            {t("login.submit")}
          </Link>
        </Aside>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          const text = textsOf(event);
          accept.mutate({ name: text("name"), password: text("password") });
        }}
      >
        <Field label={t("setup.email")} value={invitation.email} readOnly autoComplete="username" />
        <NameField autoFocus problem={problems.of("name")} data-testid="invitation-name" />
        <NewPasswordField
          label={t("setup.password")}
          name="password"
          problem={problems.of("password")}
          data-testid="invitation-password"
        />
        {problems.rest ? <Problem error={problems.rest} /> : null}
        <Button tone="primary" type="submit" busy={accept.isPending} data-testid="accept-invitation">
          {t("invitation.join")}
        </Button>
      </form>
    </AuthCard>
  );
}

function Unknown({ error }: { error: Error }) {
  const navigate = useNavigate();
  const known = error instanceof ApiError && !error.transient;
  return (
    <AuthCard title={t("invitation.unknown")}>
      {known ? <Notice kind="problem" title={t("invitation.unknownText")} /> : <Problem error={error} />}
      <Button className="mt-4" onClick={() => navigate({ to: "/" })}>
        {t("app.home")}
      </Button>
    </AuthCard>
  );
}
