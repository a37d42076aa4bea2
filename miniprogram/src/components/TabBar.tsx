import { texts } from "@/texts";
import { open, pathOf } from "./routes";

const TABS = ["home", "code", "wallet", "me"] as const;
export type Tab = (typeof TABS)[number];

export function TabBar({ now }: { now: Tab }) {
  const t = texts();
  return (
    <nav className="tabs" aria-label={t.name}>
      <div className="tabs-inner">
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            className={`tab${tab === now ? " tab-now" : ""}`}
            aria-current={tab === now ? "page" : undefined}
            onClick={() => tab !== now && open(pathOf(tab))}
          >
            <span className={`icon icon-${tab}`} aria-hidden="true" />
            <span className="tab-name">{t.tabs[tab]}</span>
          </button>
        ))}
      </div>
    </nav>
  );
}
