import Taro from "@tarojs/taro";
import { type ReactNode, useEffect } from "react";
import type { Problem } from "@/services/problem";
import { texts } from "@/texts";
import { Button } from "./Button";
import { open, pathOf } from "./routes";
import { type Tab, TabBar } from "./TabBar";

interface Props {
  title: string;
  children?: ReactNode;
  /** What stands at the foot of the page and stays in sight. */
  foot?: ReactNode;
  tab?: Tab;
  isLoading?: boolean;
  problem?: Problem | null;
  again?(): void;
}

/** The frame of every page: its title, what it waits for, what went wrong. */
export function Page({ title, children, foot, tab, isLoading, problem, again }: Props) {
  useEffect(() => void Taro.setNavigationBarTitle({ title }), [title]);
  return (
    <main className={`page${tab ? " page-tab" : ""}${foot ? " page-foot" : ""}`}>
      {problem?.status === GONE ? <Gone problem={problem} /> : problem ? <Trouble problem={problem} again={again} /> : null}
      {isLoading ? <Loading /> : null}
      {children}
      {foot ? <footer className="foot"><div className="foot-inner">{foot}</div></footer> : null}
      {tab ? <TabBar now={tab} /> : null}
    </main>
  );
}

const GONE = 404;

/** What a page is about is not there: asking again brings nothing, so it leads home. */
function Gone({ problem }: { problem: Problem }) {
  return (
    <section className="notice" role="alert">
      <p className="notice-text">{problem.message}</p>
      <Button kind="plain" onClick={() => open(pathOf("home"))}>{texts().receipt.home}</Button>
    </section>
  );
}

export function Loading() {
  return (
    <div className="loading" role="status" aria-label={texts().common.loading}>
      <div className="bone bone-wide" /><div className="bone" /><div className="bone bone-short" />
    </div>
  );
}

export function Trouble({ problem, again }: { problem: Problem; again?(): void }) {
  const t = texts();
  return (
    <section className="notice notice-bad" role="alert">
      <p className="notice-text">{problem.message}</p>
      {problem.requestId ? <p className="fine">{`${t.common.requestId} ${problem.requestId.slice(0, 8)}`}</p> : null}
      {again ? <Button kind="quiet" onClick={again}>{t.common.again}</Button> : null}
    </section>
  );
}

export function Notice({ kind = "plain", children }: { kind?: "plain" | "good" | "bad"; children: ReactNode }) {
  return <section className={`notice notice-${kind}`} role="status">{children}</section>;
}

export function Empty({ children, icon = "empty" }: { children: ReactNode; icon?: string }) {
  return <div className="empty"><span className={`icon icon-${icon} empty-icon`} aria-hidden="true" /><p>{children}</p></div>;
}
