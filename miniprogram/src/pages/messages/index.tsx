import { useState } from "react";
import { Button } from "@/components/Button";
import { Check } from "@/components/Check";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Empty, Loading, Page, Trouble } from "@/components/Page";
import { go, type PageName } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Segments } from "@/components/Segments";
import { Subscribe } from "@/components/Subscribe";
import { minute } from "@/services/moments";
import * as notices from "@/services/notices";
import { isEnglish, fill, texts } from "@/texts";
import { messagesTexts } from "@/texts/messages";

/** Where what is told can be seen. */
const PAGES: Record<string, PageName | undefined> = {
  "member.ticket": "tickets", "member.order": "orders", "member.rebate": "rebates", "member.withdrawal": "withdraw", "member.benefit": "benefits", "member.friend_joined": "invite", "member.application": "merchant-applications",
};

type View = "told" | "wishes";
type Notices = Awaited<ReturnType<typeof notices.told>>["notices"];

export default function Messages() {
  const t = messagesTexts();
  const isMember = useMember();
  const [view, setView] = useState<View>("told");
  return (
    <Page title={t.title}>
      <Segments<View> names={t.views} now={view} onChange={setView} />
      {isMember && view === "told" ? <Told /> : null}
      {isMember && view === "wishes" ? <Wishes /> : null}
    </Page>
  );
}

function Told() {
  const t = messagesTexts();
  const found = useLoad(() => notices.told());
  const [rest, setRest] = useState<Notices>([]);
  const list = [...(found.value?.notices ?? []), ...rest];
  const more = useWork(async () => setRest([...rest, ...(await notices.told(list[list.length - 1].id)).notices]));
  if (found.problem) return <Trouble problem={found.problem} again={found.again} />;
  if (!found.value) return <Loading />;
  return (
    <Card>
      {list.map((each) => (
        <Row key={each.id} title={<span className="message" lang="zh-CN">{notices.plain(each.text)}</span>}
          note={[minute(each.created_at), t.kinds[each.kind], t.states[each.state]].filter(Boolean).join(" · ")}
          onClick={PAGES[each.kind] ? () => go(PAGES[each.kind]!) : undefined} />
      ))}
      {list.length ? null : <Empty icon="bell">{t.none}</Empty>}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {notices.mayFollow(list.length) ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
    </Card>
  );
}

const isMembers = (kind: string) => kind.startsWith("member.");

function Wishes() {
  const t = messagesTexts();
  const found = useLoad(notices.wishes);
  if (!found.value) return found.problem ? <Trouble problem={found.problem} again={found.again} /> : <Loading />;
  const { wanted, fixed, mailing } = found.value;
  const kinds = Object.keys(wanted);
  const others = kinds.filter((kind) => !isMembers(kind));
  const named = fixed.filter(isMembers).map((kind) => t.kinds[kind] ?? kind);
  return (
    <>
      <Subscribe kinds={null} />
      <Card title={t.wish}>{kinds.filter(isMembers).map((kind) => <Wish key={kind} kind={kind} isWanted={wanted[kind]} again={found.again} />)}</Card>
      <Mailing key={String(mailing.is_consented)} found={mailing} again={found.again} />
      {others.length ? <Card title={t.merchants}>{others.map((kind) => <Wish key={kind} kind={kind} isWanted={wanted[kind]} again={found.again} />)}</Card> : null}
      <Card title={t.always}><p className="card-note">{fill(t.alwaysNote, { kinds: named.join(isEnglish() ? ", " : "、") })}</p></Card>
    </>
  );
}

function Wish({ kind, isWanted, again }: { kind: string; isWanted: boolean; again(): void }) {
  const t = messagesTexts();
  const changing = useWork(async () => {
    await notices.want(kind, !isWanted);
    again();
  });
  return (
    <>
      <Check name={kind} isOn={isWanted} onChange={changing.run}>{t.kinds[kind] ?? kind}</Check>
      {changing.problem ? <Trouble problem={changing.problem} /> : null}
    </>
  );
}

function Mailing({ found, again }: { found: Awaited<ReturnType<typeof notices.wishes>>["mailing"]; again(): void }) {
  const t = messagesTexts();
  const isOn = found.is_consented;
  const changing = useWork(async () => {
    await notices.agree(found.version, !isOn);
    again();
  });
  return (
    <Card title={t.mailing} aside={<span className={`tag ${isOn ? "tag-good" : "tag-soft"}`}>{isOn ? t.isOn : t.isOff}</span>}>
      {t.original ? <p className="card-note">{t.original}</p> : null}
      <p className="prose" lang="zh-CN">{found.text}</p>
      {changing.problem ? <Trouble problem={changing.problem} /> : null}
      <div className="card-foot"><Button kind="plain" isBusy={changing.isBusy} onClick={changing.run}>{isOn ? t.withdraw : t.agree}</Button></div>
    </Card>
  );
}
