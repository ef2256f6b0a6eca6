import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { meQuery } from "../../data/queries";
import { t } from "../../i18n";
import { managesPeople } from "../../parts/rights";
import { SECTIONS, type Section } from "../../parts/settings_sections";
import { useTitle } from "../../parts/use_title";

/** The list of sections beside the one that is open; on a phone, a strip above it. */
export function SettingsLayout() {
  const { data: me } = useSuspenseQuery(meQuery);
  const mine = SECTIONS.filter((section) => !section.managers || managesPeople(me.workspace.role));
  const groups = [
    { label: t("settings.account"), sections: mine.filter(({ group }) => group === "account") },
    { label: me.workspace.name, sections: mine.filter(({ group }) => group === "workspace") },
  ];
  return (
    <div className="grid gap-x-12 gap-y-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <nav
        aria-label={t("settings.title")}
        className="-mx-4 flex gap-1 overflow-x-auto [scrollbar-width:none] border-b px-4 pb-2 lg:mx-0 lg:flex-col lg:gap-6 lg:border-b-0 lg:px-0 lg:pb-0"
      >
        {groups.map(({ label, sections }) => (
          <div key={label} className="flex gap-1 lg:flex-col">
            <h2 className="hidden truncate px-3 pb-1 text-xs text-text-quiet lg:block">{label}</h2>
            {sections.map((section) => (
              <SectionLink key={section.to} section={section} />
            ))}
          </div>
        ))}
      </nav>
      <div className="flex min-w-0 max-w-2xl flex-col gap-6">
        <Outlet />
      </div>
    </div>
  );
}

function SectionLink({ section }: { section: Section }) {
  return (
    <Link
      to={section.to}
      ref={(link) => {
        // On a phone the strip is wider than the screen.
        if (link?.getAttribute("aria-current") === "page") link.scrollIntoView({ block: "nearest", inline: "center" });
      }}
      className="flex h-11 items-center gap-3 rounded-md px-3 text-sm whitespace-nowrap text-text-quiet transition-colors duration-150 -outline-offset-2 hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text"
    >
      <section.icon className="hidden size-4 lg:block" aria-hidden />
      {t(section.label)}
    </Link>
  );
}

export function SettingsHeading({ title, lead }: { title: string; lead: string }) {
  useTitle(title);
  return (
    <header>
      <h1 className="text-xl font-strong">{title}</h1>
      <p className="mt-1 text-text-quiet">{lead}</p>
    </header>
  );
}
