import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Notice, Page, Trouble } from "@/components/Page";
import { useProven } from "@/components/Proven";
import { ReceivingLeave } from "@/components/ReceivingLeave";
import { Card, Row } from "@/components/Rows";
import { Subscribe } from "@/components/Subscribe";
import type { QuoteView } from "@/services/api";
import { minute } from "@/services/moments";
import { fenOf, yuan } from "@/services/money";
import { wallet } from "@/services/wallet";
import * as withdrawals from "@/services/withdrawals";
import { fill, texts } from "@/texts";

const QUOTE_MILLISECONDS = 400;

export default function Withdraw() {
  const t = texts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([wallet(), withdrawals.list(null)]), [], isMember);
  const [purses, listed] = found.value ?? [];
  const [rest, setRest] = useState<withdrawals.Withdrawal[]>([]);
  const all = [...(listed?.withdrawals ?? []), ...rest];
  const more = useWork(async () => setRest([...rest, ...(await withdrawals.list(all[all.length - 1].id)).withdrawals]));
  const again = () => { setRest([]); found.again(); };
  return (
    <Page title={t.withdraw.title} isLoading={found.isLoading && !purses} problem={found.problem} again={found.again}>
      {purses && listed ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.withdraw.available}</p>
            <Money fen={purses.withdrawable_fen} size="huge" />
          </section>
          <Ask key={purses.withdrawable_fen} least={purses.withdrawal_minimum_fen} most={purses.withdrawable_fen} again={again} />
          {all.some(withdrawals.isOpen) ? <Subscribe kinds={["member.withdrawal"]} /> : null}
          <ReceivingLeave />
          <Card title={t.withdraw.history}>
            {all.map((each) => <One key={each.id} withdrawal={each} again={again} />)}
            {all.length ? null : <Empty>{t.withdraw.none}</Empty>}
            {more.problem ? <Trouble problem={more.problem} /> : null}
            {withdrawals.mayFollow(all.length) ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{t.common.more}</Button></div> : null}
          </Card>
        </>
      ) : null}
    </Page>
  );
}

function Ask({ least, most, again }: { least: number; most: number; again(): void }) {
  const t = texts();
  const [text, setText] = useState("");
  const [quote, setQuote] = useState<QuoteView | null>(null);
  const amountFen = fenOf(text);
  const isFit = amountFen !== null && amountFen >= least && amountFen <= most;
  const asking = useProven(async (proof) => {
    await withdrawals.request(amountFen!, proof);
    setText("");
    again();
  });
  useEffect(() => {
    setQuote(null);
    if (!isFit) return undefined;
    const timer = setTimeout(() => void withdrawals.quote(amountFen!).then(setQuote).catch(() => undefined), QUOTE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [amountFen, isFit]);
  if (most < least) return <Notice><p className="notice-text">{fill(t.withdraw.tooLittle, { least: yuan(least) })}</p></Notice>;
  return (
    <Card>
      <Field name="amount" kind="amount" label={t.withdraw.amount} value={text} longest={10} onChange={setText}
        problem={text && !isFit ? fill(t.topUp.range, { least: yuan(least), most: yuan(most) }) : undefined} />
      {quote && quote.amount_fen === amountFen ? (
        <>
          {quote.fee_fen ? <Row title={t.withdraw.fee} value={<Money fen={-quote.fee_fen} />} /> : null}
          {quote.tax_fen ? <Row title={t.withdraw.tax} value={<Money fen={-quote.tax_fen} />} /> : null}
          <Row title={t.withdraw.arrives} value={<Money fen={quote.transfer_fen} size="big" />} />
        </>
      ) : null}
      {asking.problem ? <Trouble problem={asking.problem} /> : null}
      <div className="actions"><Button isOff={!isFit} isBusy={asking.isBusy} onClick={asking.run}>{t.withdraw.ask}</Button></div>
      {asking.sheet}
    </Card>
  );
}

function One({ withdrawal, again }: { withdrawal: withdrawals.Withdrawal; again(): void }) {
  const t = texts();
  const accepting = useWork(async () => {
    await withdrawals.accept(withdrawal);
    again();
  });
  const takingBack = useWork(async () => {
    await withdrawals.takeBack(withdrawal.id);
    again();
  });
  const title = withdrawal.is_asked_back && withdrawals.isOpen(withdrawal) ? t.withdraw.askedBack : t.withdraw.status[withdrawal.status];
  return (
    <>
      <Row title={title} note={minute(withdrawal.created_at)} value={<Money fen={withdrawal.amount_fen} />} />
      {withdrawal.status === "waiting_confirmation" ? <Button isBusy={accepting.isBusy} onClick={accepting.run}>{t.withdraw.accept}</Button> : null}
      {withdrawals.mayBeTakenBack(withdrawal) ? <Button kind="quiet" isBusy={takingBack.isBusy} onClick={takingBack.run}>{t.withdraw.takeBack}</Button> : null}
      {accepting.problem ? <Trouble problem={accepting.problem} /> : null}
      {takingBack.problem ? <Trouble problem={takingBack.problem} /> : null}
    </>
  );
}
