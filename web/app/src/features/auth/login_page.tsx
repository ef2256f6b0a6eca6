import { ApiError } from "@greenroom/contract";
import { Button, Notice } from "@greenroom/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { api } from "../../data/api";
import { registrationQuery, setupQuery } from "../../data/queries";
import { t } from "../../i18n";
import { sentence, textsOf } from "../../parts/form";
import { PasswordField } from "../../parts/password_field";
import { Problem } from "../../parts/problem";
import { Aside, AuthCard, LINK } from "./auth_card";
import { EmailField } from "./person_fields";
import { Providers } from "./providers";
import { needsCode, SecondFactor } from "./second_factor";
import { SentCard } from "./sent_card";
import { useEnter } from "./use_enter";

/** It comes with the address, so from anybody. */
const FAILURE_LENGTH_MAX = 200;

interface LoginPageProps {
  next: string | undefined;
  /** Why a sign-in with a provider came back without a login. */
  failure: string | undefined;
}

export function LoginPage({ next, failure }: LoginPageProps) {
  const { data: setup } = useQuery(setupQuery);
  const { data: registration } = useQuery(registrationQuery);
  const enter = useEnter(next);
  const logIn = useMutation({ mutationFn: api.logIn, onSuccess: enter });
  const mailLink = useMutation({ mutationFn: api.mailSignInLink });
  const [coding, setCoding] = useState(false);
  const back = () => {
    setCoding(false);
    logIn.reset();
    mailLink.reset();
  };
  if (!coding && needsCode(logIn.error)) setCoding(true);
  if (coding && logIn.variables) {
    const { email, password } = logIn.variables;
    const onCode = (code: string) => logIn.mutate({ email, password, code });
    return <SecondFactor busy={logIn.isPending} error={logIn.error} onCode={onCode} onBack={back} />;
  }
  if (mailLink.isSuccess) return <SentCard text={t("magic.sent")} email={mailLink.variables} onBack={back} />;

  return (
    <AuthCard
      title={t("login.title")}
      lead={t("login.lead")}
      foot={
        registration?.open !== false && (
          <Aside question={t("login.noAccount")}>
            <Link to="/register" className={LINK}>
              {t("login.register")}
            </Link>
          </Aside>
        )
      }
    >
      {failure && (
        <Notice kind="problem" title={t("login.providerFailed")} className="mb-6">
          {sentence(failure.slice(0, FAILURE_LENGTH_MAX))}
        </Notice>
      )}
      <PasswordForm logIn={logIn} mailLink={mailLink} />
      <Providers next={next} />
      {setup?.needed && <Notice className="mt-6">{t("login.setupHint")}</Notice>}
    </AuthCard>
  );
}

interface PasswordFormProps {
  logIn: {
    mutate: (credentials: { email: string; password: string }) => void;
    isPending: boolean;
    error: Error | null;
  };
  mailLink: { mutate: (email: string) => void; isPending: boolean; error: Error | null };
}

function PasswordForm({ logIn, mailLink }: PasswordFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const mail = () => {
    const email = form.current?.elements.namedItem("email") as HTMLInputElement;
    if (email.reportValidity()) mailLink.mutate(email.value.trim());
  };
  return (
    <form
      ref={form}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        const text = textsOf(event);
        logIn.mutate({ email: text("email"), password: text("password") });
      }}
    >
      <EmailField autoFocus data-testid="login-email" />
      <PasswordField
        label={t("setup.password")}
        name="password"
        autoComplete="current-password"
        required
        data-testid="login-password"
        aside={
          <Link to="/forgot" className="text-text-quiet underline underline-offset-4 hover:text-text">
            {t("login.forgot")}
          </Link>
        }
      />
      <Refusal error={logIn.error ?? mailLink.error} />
      <Button tone="primary" type="submit" busy={logIn.isPending} data-testid="login-submit" className="mt-2">
        {t("login.submit")}
      </Button>
      <Divider>{t("login.or")}</Divider>
      <Button onClick={mail} busy={mailLink.isPending} data-testid="mail-link">
        <Mail className="size-4" aria-hidden />
        {t("login.mailLink")}
      </Button>
    </form>
  );
}

function Refusal({ error }: { error: Error | null }) {
  if (!error) return null;
  if (!(error instanceof ApiError)) return <Problem error={error} />;
  if (error.status === 401) return <Notice kind="problem" title={t("login.wrong")} />;
  if (error.status === 429) return <Notice kind="problem" title={t("login.tooOften")} />;
  return <Problem error={error} />;
}

function Divider({ children }: { children: ReactNode }) {
  return (
    <div className="flex items-center gap-3 text-xs text-text-quiet">
      <span className="h-px flex-1 bg-line" />
      {children}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
