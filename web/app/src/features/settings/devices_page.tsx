import type { Login } from "@greenroom/contract";
import { Button, Panel, Row, Rows, Tag } from "@greenroom/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { api } from "../../data/api";
import { loginsQuery } from "../../data/queries";
import { t, when } from "../../i18n";
import { ListStates } from "../../parts/list_states";
import { Problem } from "../../parts/problem";
import { agentOf } from "./agent";
import { SettingsHeading } from "./settings_layout";

export function DevicesPage() {
  const logins = useQuery(loginsQuery);
  return (
    <>
      <SettingsHeading title={t("settings.devices")} lead={t("devices.lead")} />
      <Panel title={t("devices.title")} lead={t("devices.text")}>
        <ListStates query={logins} failed={t("devices.failed")}>
          {(items) => (
            <Rows label={t("devices.title")}>
              {items.map((login) => (
                <LoginRow key={login.id} login={login} />
              ))}
            </Rows>
          )}
        </ListStates>
      </Panel>
    </>
  );
}

function LoginRow({ login }: { login: Login }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.endLogin(login.id),
    onSettled: () => client.invalidateQueries({ queryKey: loginsQuery.queryKey }),
  });
  const agent = agentOf(login.agent);
  const Icon = agent.phone ? Smartphone : Monitor;
  const name = agent.browser ? t("devices.name", { browser: agent.browser, system: agent.system }) : t("devices.other");
  return (
    <Row testid="login">
      <Icon className="size-5 shrink-0 text-text-quiet" aria-hidden />
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex flex-wrap items-center gap-x-3 text-sm">
          <span className="font-strong">{name}</span>
          {login.current && <Tag>{t("devices.current")}</Tag>}
        </p>
        <p className="numbers text-sm text-text-quiet">
          {[login.address, t("devices.seen", { when: when(login.lastSeenAt, "inside") })].filter(Boolean).join(" · ")}
        </p>
      </div>
      {!login.current && (
        <Button busy={end.isPending} onClick={() => end.mutate()} aria-label={t("devices.endNamed", { name })}>
          {t("devices.end")}
        </Button>
      )}
      {end.error && <Problem error={end.error} />}
    </Row>
  );
}
