import { ApiError } from "@greenroom/contract";
import { Button, Dialog, Notice, Panel, Skeleton, Tag } from "@greenroom/ui";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";
import { api } from "../../data/api";
import { meQuery } from "../../data/queries";
import { t } from "../../i18n";
import { CodeField, tidyCode } from "../../parts/code_field";
import { CopyButton } from "../../parts/copy_button";
import { downloadText } from "../../parts/download";
import { textsOf } from "../../parts/form";
import { Problem } from "../../parts/problem";

export function TwoFactorPanel() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [open, setOpen] = useState<"on" | "off">();
  const close = () => setOpen(undefined);
  const on = me.user.twoFactor;
  return (
    <Panel
      title={t("twoFactor.title")}
      lead={t("twoFactor.text")}
      testid="two-factor"
      action={<Tag className={on ? "text-text" : undefined}>{t(on ? "twoFactor.isOn" : "twoFactor.isOff")}</Tag>}
    >
      <Button onClick={() => setOpen(on ? "off" : "on")} data-testid={on ? "two-factor-off" : "two-factor-on"}>
        {t(on ? "twoFactor.turnOff" : "twoFactor.turnOn")}
      </Button>
      <Dialog
        open={open === "on"}
        onOpenChange={close}
        title={t("twoFactor.setUp")}
        description={on ? undefined : t("twoFactor.setUpText")}
        closeLabel={t("app.close")}
      >
        <TurnOn onDone={close} />
      </Dialog>
      <Dialog
        open={open === "off"}
        onOpenChange={close}
        title={t("twoFactor.turnOffTitle")}
        description={t("twoFactor.turnOffText")}
        closeLabel={t("app.close")}
      >
        <TurnOff onDone={close} />
      </Dialog>
    </Panel>
  );
}

function useAccountChange() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: meQuery.queryKey });
}

function TurnOn({ onDone }: { onDone: () => void }) {
  const changed = useAccountChange();
  const start = useMutation({ mutationFn: api.startTwoFactor });
  const confirm = useMutation({ mutationFn: api.confirmTwoFactor, onSuccess: changed });
  const [asked, setAsked] = useState(false);
  if (!asked) {
    setAsked(true);
    queueMicrotask(() => start.mutate());
  }
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />;
  if (start.error) return <Problem error={start.error} onRetry={() => start.mutate()} />;
  const refused = confirm.error instanceof ApiError && !confirm.error.transient;
  return (
    <form className="mt-6 flex flex-col gap-4" onSubmit={(event) => confirm.mutate(tidyCode(textsOf(event)("code")))}>
      {start.data ? <Secret {...start.data} /> : <Skeleton className="h-48" />}
      <CodeField problem={refused ? t("code.wrong") : undefined} />
      {confirm.error && !refused && <Problem error={confirm.error} />}
      <Button tone="primary" type="submit" busy={confirm.isPending} data-testid="two-factor-confirm">
        {t("twoFactor.confirm")}
      </Button>
    </form>
  );
}

/** Drawn here: the secret goes nowhere but onto this screen. */
function Secret({ secret, uri }: { secret: string; uri: string }) {
  return (
    <div className="flex flex-col items-center gap-4 sm:flex-row">
      <QRCodeSVG
        value={uri}
        size={176}
        level="M"
        marginSize={3}
        title={t("twoFactor.qr")}
        className="shrink-0 rounded-md border"
      />
      <div className="min-w-0 flex-1 text-sm max-sm:w-full">
        <p className="text-text-quiet">{t("twoFactor.byHand")}</p>
        <p className="numbers my-2 font-strong select-all" data-testid="two-factor-secret" data-secret={secret}>
          {secret.replace(/(.{4})(?=.)/g, "$1 ")}
        </p>
        <CopyButton text={secret} label={t("twoFactor.copySecret")} />
      </div>
    </div>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const save = () => downloadText("greenroom-recovery-codes.txt", `${codes.join("\n")}\n`);
  return (
    <div className="mt-6 flex flex-col gap-4" data-testid="recovery-codes">
      <Notice title={t("recovery.title")}>{t("recovery.text")}</Notice>
      <ul className="numbers grid gap-x-6 gap-y-1 sm:grid-cols-2 rounded-md border bg-ground p-4 text-sm select-all">
        {codes.map((code) => (
          <li key={code} data-testid="recovery-code">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2">
        <CopyButton text={codes.join("\n")} label={t("recovery.copy")} />
        <Button onClick={save}>
          <Download className="size-4" aria-hidden />
          {t("recovery.download")}
        </Button>
        <Button tone="primary" onClick={onDone} data-testid="recovery-done">
          {t("app.done")}
        </Button>
      </div>
    </div>
  );
}

function TurnOff({ onDone }: { onDone: () => void }) {
  const changed = useAccountChange();
  const remove = useMutation({
    mutationFn: api.removeTwoFactor,
    onSuccess: async () => {
      await changed();
      onDone();
    },
  });
  const refused = remove.error instanceof ApiError && !remove.error.transient;
  return (
    <form className="mt-6 flex flex-col gap-4" onSubmit={(event) => remove.mutate(tidyCode(textsOf(event)("code")))}>
      <CodeField recovery problem={refused ? t("code.wrong") : undefined} />
      {remove.error && !refused && <Problem error={remove.error} />}
      <Button type="submit" busy={remove.isPending} data-testid="two-factor-remove">
        {t("twoFactor.turnOff")}
      </Button>
    </form>
  );
}
