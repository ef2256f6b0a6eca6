import { useParams, useSearch } from "@tanstack/react-router";
import { InvitationPage } from "../../features/auth/invitation_page";
import { LoginPage } from "../../features/auth/login_page";
import { ForgotPage, ResetPage } from "../../features/auth/password_pages";
import { RegisterPage } from "../../features/auth/register_page";
import { SetupPage } from "../../features/auth/setup_page";
import { MagicPage, VerifyPage } from "../../features/auth/token_pages";

export function SetupRoute() {
  return <SetupPage token={useSearch({ from: "/setup" }).token} />;
}
export function LoginRoute() {
  const { next, error } = useSearch({ from: "/login" });
  return <LoginPage next={next} failure={error} />;
}
export function RegisterRoute() {
  return <RegisterPage />;
}
export function ForgotRoute() {
  return <ForgotPage />;
}
export function VerifyRoute() {
  return <VerifyPage token={useSearch({ from: "/verify" }).token ?? ""} />;
}
export function ResetRoute() {
  return <ResetPage token={useSearch({ from: "/reset" }).token ?? ""} />;
}
export function MagicRoute() {
  return <MagicPage token={useSearch({ from: "/magic" }).token ?? ""} />;
}
export function InvitationRoute() {
  return <InvitationPage token={useParams({ from: "/invitations/$token" }).token} />;
}
