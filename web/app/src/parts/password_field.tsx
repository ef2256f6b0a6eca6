import { Field, IconButton } from "@greenroom/ui";
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { t } from "../i18n";

/** A password that can be looked at, so that nobody has to type it twice. */
export function PasswordField(props: Omit<ComponentProps<typeof Field>, "type" | "trailing">) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      trailing={
        <IconButton
          label={t(shown ? "password.hide" : "password.show")}
          icon={shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}

export const PASSWORD_LENGTH_MIN = 10;

export function NewPasswordField(props: Omit<ComponentProps<typeof Field>, "type" | "trailing" | "autoComplete">) {
  return (
    <PasswordField
      autoComplete="new-password"
      minLength={PASSWORD_LENGTH_MIN}
      required
      hint={t("setup.passwordHint")}
      {...props}
    />
  );
}
