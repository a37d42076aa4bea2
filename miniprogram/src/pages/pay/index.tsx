import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Loading, Notice, Page, Trouble } from "@/components/Page";
import { PurseParts, PurseSheet } from "@/components/Purses";
import { useProven } from "@/components/Proven";
import { go, swap } from "@/components/routes";
import { Card, Link, Row } from "@/components/Rows";
import type { PriceView, PriceViewPurseUseView } from "@/services/api";
import { fenOf, yuan } from "@/services/money";
import { type Paid, type PayWish, pay, preview } from "@/services/payments";
import * as stores from "@/services/stores";
import { fill, isEnglish, texts, told } from "@/texts";

interface Target {
  storeId: string;
  storeName: string;
  fixedFen: number | null;
  description: string | null;
  code?: string;
}

/** Where to: a store that was chosen (`store`), or what a scanned code says (`code`). */
async function targetOf(query: Record<string, string>): Promise<Target | null> {
  if (query.code) {
    const found = await stores.scanned(query.code);
    return { storeId: found.store_id, storeName: found.store_name, fixedFen: found.amount_fen, description: found.description, code: query.code };
  }
  if (!query.store) return null;
  const store = await stores.store(query.store);
  return { storeId: store.id, storeName: store.name, fixedFen: null, description: null };
}

export default function Pay() {
  const t = texts();
  const query = useQuery();
  const isMember = useMember();
  const target = useLoad(() => targetOf(query), [query.store, query.code], isMember);
  const isNowhere = isMember && !target.isLoading && !target.problem && !target.value;
  useEffect(() => { if (isNowhere) swap("stores", { then: "pay" }); }, [isNowhere]);
  return (
    <Page title={t.pay.title} isLoading={target.isLoading} problem={target.problem} again={target.again}>
      {target.value ? <Till target={target.value} /> : null}
    </Page>
  );
}

function Till({ target }: { target: Target }) {
  const t = texts();
  const [text, setText] = useState(target.fixedFen === null ? "" : yuan(target.fixedFen).slice(1).replace(/,/g, ""));
  const [chosen, setChosen] = useState<PriceViewPurseUseView | null>(null);
  const [paid, setPaid] = useState<Paid | null>(null);
  const amountFen = target.fixedFen ?? fenOf(text);
  const price = usePrice(target.storeId, amountFen);
  const use = price.value && (chosen ?? price.value.best);
  const paying = useProven(async (proof) => {
    if (!use || !amountFen) return;
    const wish: PayWish = { store_id: target.storeId, amount_fen: amountFen, purses: use.purses };
    if (target.code) wish.code = target.code;
    const found = await pay(wish, proof);
    if (found.outcome === "paid") swap("receipt", { id: found.payment.id });
    else setPaid(found);
  });
  useEffect(() => setChosen(null), [amountFen]);
  return (
    <>
      <section className="pay-to">
        <p className="fine">{t.pay.to}</p>
        <h1 className="store-name">{target.storeName}</h1>
        {target.description ? <p className="fine">{target.description}</p> : null}
      </section>
      <Card>
        {target.fixedFen === null ? (
          <Field name="amount" kind="amount" label={t.pay.amount} hint={t.pay.enter} value={text} longest={10}
            onChange={(value) => { setText(value); setPaid(null); }}
            problem={text && (amountFen === null || amountFen === 0) ? t.pay.maximum : undefined} />
        ) : <Row title={t.pay.amount} value={<Money fen={target.fixedFen} size="big" />} />}
      </Card>
      {price.problem ? <Trouble problem={price.problem} /> : null}
      {price.isLoading && !price.value ? <Loading /> : null}
      {use && price.value ? <HowPaid price={price.value} use={use} choose={setChosen} storeId={target.storeId} /> : null}
      {paid ? <Ended paid={paid} /> : null}
      {paying.problem ? <Trouble problem={paying.problem} /> : null}
      <div className="actions">
        <Button isOff={!use || !amountFen} isBusy={paying.isBusy} onClick={paying.run}>
          {paying.isBusy ? t.pay.paying : fill(t.pay.pay, { amount: use && amountFen ? yuan(use.amount_fen) : "" })}
        </Button>
      </div>
      {paying.sheet}
    </>
  );
}

const REST_MILLISECONDS = 350;

/** What it comes to, a moment after the last digit was typed. */
function usePrice(storeId: string, amountFen: number | null) {
  const [asked, setAsked] = useState(amountFen);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(amountFen), REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [amountFen]);
  const isFit = asked !== null && asked > 0;
  const found = useLoad(() => preview(storeId, asked ?? 0), [storeId, asked], isFit);
  const isPresent = isFit && asked === amountFen && found.value?.list_fen === amountFen;
  return { ...found, value: isPresent ? found.value : null, problem: isFit ? found.problem : null };
}

interface HowProps {
  price: PriceView;
  use: PriceViewPurseUseView;
  choose(use: PriceViewPurseUseView): void;
  storeId: string;
}

function HowPaid({ price, use, choose, storeId }: HowProps) {
  const t = texts();
  const [isChoosing, setChoosing] = useState(false);
  const isBest = use === price.best;
  return (
    <Card
      title={<>{t.pay.how}{isBest ? <span className="tag tag-good">{t.pay.best}</span> : null}</>}
      aside={price.choices.length > 1 ? <Link onClick={() => setChoosing(true)}>{t.pay.change}</Link> : undefined}
    >
      <PurseParts parts={use.parts} />
      <Row title={t.pay.toPay} value={<Money fen={use.amount_fen} size="big" />} />
      {use.discount_fen > 0 ? <p className="card-note good">{fill(t.pay.saves, { amount: yuan(use.discount_fen) })}</p> : null}
      <p className="card-note">{told(price.reason_zh, price.reason_en)}</p>
      {price.top_up_fen > 0 ? (
        <div className="card-foot">
          <Link onClick={() => go("top-up", { store: storeId, amount: price.top_up_fen })}>
            {fill(t.pay.topUpHint, { amount: yuan(price.top_up_fen), saves: yuan(price.top_up_saves_fen) })}
          </Link>
        </div>
      ) : null}
      {isChoosing ? (
        <PurseSheet price={price} now={use} onClose={() => setChoosing(false)} onChoose={(found) => { choose(found); setChoosing(false); }} />
      ) : null}
    </Card>
  );
}

function Ended({ paid }: { paid: Paid }) {
  const t = texts();
  if (paid.outcome === "unsure") {
    return (
      <Notice>
        <p className="notice-text">{t.pay.mayWait}</p>
        <Link onClick={() => swap("receipt", { id: paid.payment.id })}>{isEnglish() ? "Open it" : "查看付款详情"}</Link>
      </Notice>
    );
  }
  return <Notice kind="bad"><p className="notice-text">{paid.outcome === "cancelled" ? t.pay.cancelled : t.pay.failed}</p></Notice>;
}
