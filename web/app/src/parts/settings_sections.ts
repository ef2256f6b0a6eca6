import {
  Building2,
  Database,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  ScrollText,
  ShieldCheck,
  UserRound,
  Users,
} from "lucide-react";
import type { Key } from "../i18n";

export interface Section {
  to: (typeof PATHS)[number];
  label: Key;
  icon: LucideIcon;
  group: "account" | "workspace";
  /** For owners and admins. */
  managers?: boolean;
}

const PATHS = [
  "/settings/profile",
  "/settings/security",
  "/settings/devices",
  "/settings/keys",
  "/settings/data",
  "/settings/workspace",
  "/settings/members",
  "/settings/audit",
] as const;

export const SECTIONS: Section[] = [
  { to: "/settings/profile", label: "settings.profile", icon: UserRound, group: "account" },
  { to: "/settings/security", label: "settings.security", icon: ShieldCheck, group: "account" },
  { to: "/settings/devices", label: "settings.devices", icon: MonitorSmartphone, group: "account" },
  { to: "/settings/keys", label: "settings.keys", icon: KeyRound, group: "account" },
  { to: "/settings/data", label: "settings.data", icon: Database, group: "account" },
  { to: "/settings/workspace", label: "settings.workspace", icon: Building2, group: "workspace" },
  { to: "/settings/members", label: "settings.members", icon: Users, group: "workspace" },
  { to: "/settings/audit", label: "settings.audit", icon: ScrollText, group: "workspace", managers: true },
];
