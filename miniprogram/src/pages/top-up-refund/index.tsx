import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Loading, Notice, Page, Trouble } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import type { TopUpView } from "@/services/api";
import { day, minute } from "@/services/moments";
import { fenOf, yuan } from "@/services/money";
import { store } from "@/services/stores";
import * as topups from "@/services/topups";
import { fill } from "@/texts";
import { refundTexts } from "@/texts/refund";

interface Read {
  topUps: TopUpView[];
  days: number;
  names: Record<string, string>;
  isMore: boolean;
}

const PAGE = 20;
const QUOTE_MILLISECONDS = 400;

/** A page of top-ups with the names of their stores, after what was read before. */
async function read(before: Read | null): Promise<Read> {
  const last = before?.topUps[before.topUps.length - 1];
  const found = await topups.mine(last?.id ?? null);
  const names = { ...before?.names };
  const unknown = [...new Set(found.top_ups.map((each) => each.store_id))].filter((id) => !names[id]);
  for (const known of await Promise.all(unknown.map(store))) names[known.id] = known.name;
  return { topUps: [...(before?.topUps ?? []), ...found.top_ups], days: found.refund_days, names, isMore: found.top_ups.length === PAGE };
}

export default function TopUpRefund() {
  const t = refundTexts();
  const isMember = useMember();
  const found = useLoad(() => read(null), [], isMember);
  const [further, setFurther] = useState<Read | null>(null);
  const [chosen, setChosen] = useState<TopUpView | null>(null);
  const [returned, setReturned] = useState<number | null>(null);
  const list = further ?? found.value;
  const more = useWork(async () => setFurther(await read(list)));
  const onDone = (fen: number) => { setReturned(fen); setChosen(null); setFurther(null); found.again(); };
  return (
    <Page title={t.title} isLoading={found.isLoading && !list} problem={found.problem} again={found.again}>
      {returned === null ? null : <Notice kind="good"><p className="notice-text">{`${t.done}：${fill(t.doneNote, { amount: yuan(returned) })}`}</p></Notice>}
      {list ? (
        <>
          <Notice><p className="notice-text">{fill(t.rule, { days: list.days })}</p></Notice>
          <Card>
            {list.topUps.map((each) => <One key={each.id} topUp={each} name={list.names[each.store_id]} days={list.days} onAsk={() => setChosen(each)} />)}
            {list.topUps.length ? null : <Empty icon="wallet">{t.none}</Empty>}
            {more.problem ? <Trouble problem={more.problem} /> : null}
            {list.isMore ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{t.more}</Button></div> : null}
          </Card>
          {list.topUps.length ? null : <div className="actions"><Button kind="plain" onClick={() => go("top-up")}>{t.toTopUp}</Button></div>}
        </>
      ) : null}
      {chosen ? (
        <Sheet title={t.ask} onClose={() => setChosen(null)}>
          <Ask topUp={chosen} days={list?.days ?? 0} onDone={onDone} />
        </Sheet>
      ) : null}
    </Page>
  );
}

function One({ topUp, name, days, onAsk }: { topUp: TopUpView; name: string; days: number; onAsk(): void }) {
  const t = refundTexts();
  const isInTime = topUp.refundable_until !== null && Date.parse(topUp.refundable_until) > Date.now();
  const made = fill(t.credited, { date: day(topUp.credited_at ?? topUp.created_at), amount: yuan(topUp.amount_fen) });
  const state = !topUp.refundable_fen ? t.spent : isInTime ? fill(t.until, { date: minute(topUp.refundable_until!) }) : fill(t.over, { days });
  const note = (
    <>
      <span>{made}</span>
      <span className={`tag ${topUp.refundable_fen && isInTime ? "tag-good" : "tag-soft"}`}>{state}</span>
      {topUp.refunded_fen ? <span>{fill(t.refunded, { amount: yuan(topUp.refunded_fen) })}</span> : null}
    </>
  );
  return <Row title={name} note={note} value={<Money fen={topUp.refundable_fen} />} onClick={topUp.refundable_fen && isInTime ? onAsk : undefined} />;
}

function Ask({ topUp, days, onDone }: { topUp: TopUpView; days: number; onDone(fen: number): void }) {
  const t = refundTexts();
  const most = topUp.refundable_fen;
  const [text, setText] = useState((most / 100).toFixed(2));
  const amountFen = fenOf(text);
  const isFit = amountFen !== null && amountFen >= 1 && amountFen <= most;
  const [wanted, setWanted] = useState<number | null>(most);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(isFit ? amountFen : null), QUOTE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [amountFen, isFit]);
  const outlook = useLoad(() => topups.refundOutlook(topUp.id, wanted!), [wanted], wanted !== null);
  const told = wanted !== null && outlook.value?.amount_fen === amountFen ? outlook.value : null;
  const asking = useWork(async () => onDone((await topups.refund(topUp.id, amountFen!)).amount_fen));
  return (
    <>
      <Field name="amount" kind="amount" label={t.amount} value={text} onChange={setText} longest={10}
        problem={text && !isFit ? fill(t.range, { least: yuan(1), most: yuan(most) }) : undefined} />
      {isFit && outlook.isLoading && !told ? <Loading /> : null}
      {isFit && outlook.problem ? <Trouble problem={outlook.problem} again={outlook.again} /> : null}
      {told ? (
        <>
          <Row title={t.returns} value={<Money fen={told.returns_fen} size="big" />} />
          {told.bonus_back_fen ? <Row title={t.bonus} value={<Money fen={-told.bonus_back_fen} />} /> : null}
          {told.kept_fen ? <Row title={t.kept} note={t.keptNote} value={<Money fen={-told.kept_fen} />} /> : null}
        </>
      ) : null}
      <p className="card-note">{fill(t.rule, { days })}</p>
      {asking.problem ? <Trouble problem={asking.problem} /> : null}
      <div className="actions">
        <Button isOff={!told} isBusy={asking.isBusy} onClick={asking.run}>{fill(t.confirm, { amount: told ? yuan(told.returns_fen) : "" })}</Button>
      </div>
    </>
  );
}
