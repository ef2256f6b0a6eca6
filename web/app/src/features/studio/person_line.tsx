import type { Role } from "@greenroom/contract";
import type { Studio } from "@greenroom/core/session";
import { Avatar, IconButton, Menu, type MenuEntry } from "@greenroom/ui";
import { Ellipsis, MicOff, SlidersHorizontal, UserRoundX } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { LimitDialog } from "./limit_dialog";
import { limitWords } from "./limit_words";

const ROLES: Role[] = ["host", "cohost", "speaker", "viewer"];

interface PersonLineProps {
  studio: Studio;
  person: { participantId?: string; name: string; self: boolean; muted: boolean };
}

/** Somebody who is here: their role, and what those who run the session can do about it. */
export function PersonLine({ studio, person }: PersonLineProps) {
  const { roles, limits, agreed, may } = useStore(studio.people.store);
  const [limiting, setLimiting] = useState(false);
  const { participantId, name, self, muted } = person;
  const role = participantId ? roles[participantId] : undefined;
  const limit = participantId ? limits[participantId] : undefined;
  const leftOut = participantId && !self && role !== "viewer" && agreed[participantId] === false;
  const items = participantId ? actionsFor({ studio, id: participantId, role, may, self, setLimiting }) : [];
  return (
    <li className="flex min-h-12 items-center gap-3 text-sm" data-testid="person" data-participant-name={name}>
      <Avatar name={name} className="size-8 shrink-0 text-xs" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{name}</span>
        <span className="block truncate text-xs text-text-quiet">
          {[self && t("stage.you"), role && t(`role.${role}`)].filter(Boolean).join(" · ")}
        </span>
        {limit && (
          <span className="block truncate text-xs text-text-quiet" data-testid="person-limit">
            {t("people.limited", { words: limitWords(limit) })}
          </span>
        )}
        {leftOut && may.includes("record") && (
          <span className="block truncate text-xs text-risk" data-testid="person-left-out">
            {t("people.notAgreed")}
          </span>
        )}
      </span>
      {muted && <MicOff className="size-4 text-text-quiet" aria-label={t("stage.muted")} />}
      {items.length > 0 && (
        <Menu
          items={items}
          trigger={
            <IconButton
              label={t("people.menuFor", { name })}
              icon={<Ellipsis className="size-5" aria-hidden />}
              data-testid="person-menu"
            />
          }
        />
      )}
      {participantId && limiting && (
        <LimitDialog
          studio={studio}
          person={{ id: participantId, name }}
          limit={limit ?? {}}
          onClose={() => setLimiting(false)}
        />
      )}
    </li>
  );
}

interface ActionsFor {
  studio: Studio;
  id: string;
  role: Role | undefined;
  may: string[];
  self: boolean;
  setLimiting: (open: boolean) => void;
}

function actionsFor({ studio, id, role, may, self, setLimiting }: ActionsFor): MenuEntry[] {
  const items: MenuEntry[] = [];
  if (may.includes("change_roles") && !self) {
    items.push({ id: "roles", heading: t("people.role") });
    for (const each of ROLES) {
      items.push({
        id: each,
        label: t(`role.${each}`),
        checked: each === role,
        onSelect: () => void studio.people.changeRole(id, each),
      });
    }
  }
  if (may.includes("record") && role !== "viewer") {
    if (items.length > 0) items.push({ id: "line-limit", separator: true });
    items.push({
      id: "limit",
      label: t("people.limit"),
      icon: <SlidersHorizontal className="size-4" aria-hidden />,
      onSelect: () => setLimiting(true),
    });
  }
  if (may.includes("remove") && !self) {
    if (items.length > 0) items.push({ id: "line", separator: true });
    items.push({
      id: "remove",
      label: t("people.remove"),
      icon: <UserRoundX className="size-4" aria-hidden />,
      onSelect: () => void studio.people.remove(id),
    });
  }
  return items;
}
