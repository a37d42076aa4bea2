import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { useProven } from "@/components/Proven";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { Subscribe } from "@/components/Subscribe";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import * as orders from "@/services/orders";
import type { Proof } from "@/services/proof";
import { fill, texts } from "@/texts";
import { carrierName, orderTexts, stepName } from "@/texts/orders";

/** Steps whose note is a reason given to the buyer. */
const TOLD_WHY = new Set(["refunded", "refunded_in_part"]);

export default function OrderPage() {
  const t = orderTexts();
  const { id } = useQuery();
  const isMember = useMember();
  const found = useLoad(() => orders.order(id), [id], isMember);
  const order = found.value;
  return (
    <Page title={t.one} isLoading={found.isLoading && !order} problem={found.problem} again={found.again}>
      {order ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.status[order.status]}</p>
            <h1 className="hero-title">{order.store_name}</h1>
            <Money fen={order.paid_fen || order.amount_fen} size="huge" />
            <Until order={order} />
          </section>
          <Taken order={order} again={found.again} />
          <Card>
            {order.lines.map((line) => <Row key={line.number} title={line.title} note={<><span>{`× ${line.quantity}`}</span>{line.returned ? <span>{fill(t.piecesBack, { count: line.returned })}</span> : null}</>} value={<Money fen={line.unit_fen ?? line.price_fen} />} />)}
            {order.is_gift ? <p className="card-note">{t.gift}</p> : null}
            {order.returned_fen && !order.is_gift ? <p className="card-note">{fill(t.returned, { amount: yuan(order.returned_fen) })}</p> : null}
          </Card>
          <Steps order={order} again={found.again} />
          {["unpaid", "paying"].includes(order.status) ? null : <Subscribe kinds={["member.order", "member.refunded"]} />}
          <Card><Row icon="phone" title={t.help} onClick={() => go("tickets", { kind: "order", subject: order.id })} /></Card>
          <Card>{order.steps.map((step, place) => <Row key={place} title={stepName(step)} note={TOLD_WHY.has(step.step) ? step.note : undefined} value={<span className="fine">{minute(step.at)}</span>} />)}</Card>
        </>
      ) : null}
    </Page>
  );
}

/** What time decides of an order, and when. */
function Until({ order }: { order: orders.Order }) {
  const t = orderTexts();
  const what = orders.decidedByTime(order);
  return what && order.next_at ? <p className="hero-label">{fill(t.until[what], { time: minute(order.next_at) })}</p> : null;
}

/** How it comes to the buyer: the code to show at the store, or the parcel. */
function Taken({ order, again }: { order: orders.Order; again(): void }) {
  const t = orderTexts();
  const renewing = useWork(async () => { await orders.renewCode(order.id); again(); });
  return (
    <>
      {order.pickup_code ? (
        <Card title={t.code}>
          <p className="code-line">{orders.inFours(order.pickup_code).map((four) => <span key={four} className="code-part">{four}</span>)}</p>
          <p className="card-note">{order.ready_at ? t.ready : t.codeNote}</p>
          <Row icon="place" title={order.store_name} onClick={() => go("store", { id: order.store_id })} />
          {renewing.problem ? <Trouble problem={renewing.problem} /> : null}
          <Button kind="quiet" isBusy={renewing.isBusy} onClick={renewing.run}>{t.renew}</Button>
        </Card>
      ) : null}
      {order.receiver ? <Card><Row icon="place" title={order.receiver.address} note={`${order.receiver.name} ${order.receiver.phone}`} /></Card> : null}
      {order.parcel ? (
        <Card title={t.parcel}>
          <Row title={carrierName(order.parcel.carrier)} note={fill(t.number, { number: order.parcel.tracking_no })} />
          <CopyButton text={order.parcel.tracking_no} name={t.copy} done={t.copied} />
        </Card>
      ) : null}
    </>
  );
}

const WORDS = { cancelled: "cancelledPay", failed: "failed", unsure: "unsure" } as const;

function Steps({ order, again }: { order: orders.Order; again(): void }) {
  const t = orderTexts();
  const [told, setTold] = useState("");
  const [asked, setAsked] = useState<"cancel" | "receive" | null>(null);
  const paying = useProven((proof) => pay(["rebate", "experience", "wechat"], proof));
  const prepaid = useProven((proof) => pay(["prepaid"], proof));
  const extending = useWork(async () => { await orders.extend(order.id); again(); });
  const ending = useWork(async () => {
    await (asked === "cancel" ? orders.cancel(order.id) : orders.receive(order.id));
    setAsked(null);
    again();
  });
  const pay = async (purses: orders.Purse[], proof: Proof) => {
    const outcome = await orders.pay(order, purses, proof);
    setTold(outcome === "paid" ? "" : t[WORDS[outcome]]);
    again();
  };
  const isUnpaid = order.status === "unpaid" || order.status === "paying";
  const names = { cancel: order.is_gift ? t.giveUp : t.cancel, receive: t.receive };
  const problem = paying.problem ?? prepaid.problem ?? extending.problem;
  return (
    <div className="actions">
      {told ? <Notice><p className="notice-text">{told}</p></Notice> : null}
      {problem ? <Trouble problem={problem} /> : null}
      {isUnpaid ? <Button isBusy={paying.isBusy} isOff={prepaid.isBusy} onClick={paying.run}>{fill(t.pay, { amount: yuan(order.amount_fen) })}</Button> : null}
      {isUnpaid ? <Button kind="plain" isBusy={prepaid.isBusy} isOff={paying.isBusy} onClick={prepaid.run}>{fill(t.payPrepaid, { amount: yuan(order.member_amount_fen) })}</Button> : null}
      {isUnpaid ? <p className="fine centred">{t.payNote}</p> : null}
      {order.status === "shipped" ? <Button onClick={() => setAsked("receive")}>{t.receive}</Button> : null}
      {order.status === "shipped" ? <Button kind="quiet" isBusy={extending.isBusy} onClick={extending.run}>{t.extend}</Button> : null}
      {isUnpaid || order.status === "paid" ? <Button kind="quiet" onClick={() => setAsked("cancel")}>{names.cancel}</Button> : null}
      {paying.sheet}{prepaid.sheet}
      {asked ? (
        <Sheet title={names[asked]} onClose={() => setAsked(null)}>
          <p className="card-note">{asked === "cancel" ? (order.is_gift ? t.sureGift : t.sure) : t.arrived}</p>
          {ending.problem ? <Trouble problem={ending.problem} /> : null}
          <div className="actions"><Button isBusy={ending.isBusy} onClick={ending.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </div>
  );
}
