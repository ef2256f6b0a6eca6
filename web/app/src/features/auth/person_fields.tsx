import { Field } from "@greenroom/ui";
import { t } from "../../i18n";

interface PersonFieldProps {
  problem?: string | undefined;
  autoFocus?: boolean;
  "data-testid": string;
}

/** Who somebody is, asked for in the same way on every page. */
export function NameField(props: PersonFieldProps) {
  return <Field label={t("setup.name")} name="name" autoComplete="name" required maxLength={80} {...props} />;
}

/** The address is what one signs in by: password managers know it as the user's name. */
export function EmailField(props: PersonFieldProps) {
  return <Field label={t("setup.email")} name="email" type="email" autoComplete="username" required {...props} />;
}
