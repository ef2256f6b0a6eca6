import { ApiError, type Me } from "@greenroom/contract";
import { Button, Notice } from "@greenroom/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { api } from "../../data/api";
import { t } from "../../i18n";
import { Problem } from "../../parts/problem";
import { AuthCard, LINK } from "./auth_card";
import { needsCode, SecondFactor } from "./second_factor";
import { useEnter } from "./use_enter";

/** From the mail after registering: the address is theirs, and they are in. */
export function VerifyPage({ token }: { token: string }) {
  const enter = useEnter();
  const verify = useMutation({ mutationFn: api.verifyEmail, onSuccess: enter });
  useOnce(() => verify.mutate(token));
  return (
    <Redeeming title={t("verify.title")} failed={t("verify.failed")} error={verify.error}>
      <Link to="/register" className={LINK}>
        {t("verify.again")}
      </Link>
    </Redeeming>
  );
}

/** From the mail that somebody asked for to sign in without a password. */
export function MagicPage({ token }: { token: string }) {
  const enter = useEnter();
  const redeem = useMutation<Me, Error, string | undefined>({
    mutationFn: (code) => api.redeemSignInLink(token, code),
    onSuccess: enter,
  });
  const asked = useRef(false);
  useOnce(() => redeem.mutate(undefined));
  if (needsCode(redeem.error)) asked.current = true;
  const gone = redeem.error instanceof ApiError && redeem.error.status !== 401 && !redeem.error.transient;
  if (asked.current && !gone) {
    return <SecondFactor busy={redeem.isPending} error={redeem.error} onCode={(code) => redeem.mutate(code)} />;
  }
  return (
    <Redeeming title={t("magic.title")} failed={t("magic.failed")} error={redeem.error}>
      <Link to="/login" className={LINK}>
        {t("magic.again")}
      </Link>
    </Redeeming>
  );
}

interface RedeemingProps {
  title: string;
  failed: string;
  error: Error | null;
  /** The way to a new link. */
  children: ReactNode;
}

function Redeeming({ title, failed, error, children }: RedeemingProps) {
  if (!error) {
    return (
      <AuthCard title={title} lead={t("app.moment")}>
        <span
          role="status"
          aria-label={t("app.loading")}
          className="block size-6 animate-spin rounded-full border-2 border-accent border-t-transparent"
        />
      </AuthCard>
    );
  }
  const spent = error instanceof ApiError && !error.transient;
  return (
    <AuthCard title={spent ? failed : title}>
      {spent ? <Notice kind="problem" title={t("token.spent")} /> : <Problem error={error} />}
      {spent ? (
        <p className="mt-4">{children}</p>
      ) : (
        <Button className="mt-4" onClick={() => location.reload()}>
          {t("app.tryAgain")}
        </Button>
      )}
    </AuthCard>
  );
}

/** A token is spent by its first use, so it is sent once per page. */
function useOnce(act: () => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    act();
  });
}
