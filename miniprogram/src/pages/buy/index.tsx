import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, swap } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Segments } from "@/components/Segments";
import type { OffersViewOfferView } from "@/services/api";
import { add as addToCart } from "@/services/cart";
import { yuan } from "@/services/money";
import * as orders from "@/services/orders";
import { fill } from "@/texts";
import { cartTexts } from "@/texts/cart";
import { orderTexts } from "@/texts/orders";

export default function Buy() {
  const { offer } = useQuery();
  const isMember = useMember();
  const found = useLoad(() => orders.offer(offer), [offer], isMember);
  return (
    <Page title={orderTexts().buy} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? <Form offer={found.value} /> : null}
    </Page>
  );
}

type Delivery = "pickup" | "shipment";

function Form({ offer }: { offer: OffersViewOfferView }) {
  const t = orderTexts();
  const cart = cartTexts();
  const offered = (["pickup", "shipment"] as const).filter((each) => offer.deliveries.includes(each));
  const [delivery, setDelivery] = useState<Delivery>(offered[0] ?? "pickup");
  const [text, setText] = useState("1");
  const [isKept, setKept] = useState(false);
  const [to, setTo] = useState<orders.Receiver>({ name: "", phone: "", address: "" });
  const quantity = /^[1-9]\d{0,2}$/.test(text.trim()) ? Number(text) : 0;
  const isSent = delivery === "shipment";
  const isAddressed = !isSent || (to.name.trim() && /^1[3-9]\d{9}$/.test(to.phone.trim()) && to.address.trim().length >= 5);
  const placing = useWork(async () => {
    const receiver = { name: to.name.trim(), phone: to.phone.trim(), address: to.address.trim() };
    swap("order", { id: (await orders.place(offer.id, quantity, isSent ? receiver : null)).id });
  });
  const keeping = useWork(async () => {
    await addToCart(offer.id, quantity);
    setKept(true);
  });
  return (
    <>
      <Card>
        <Row title={offer.title} note={offer.store_name} value={<Money fen={offer.price_fen} size="big" />} />
        {offer.text ? <p className="prose">{offer.text}</p> : null}
        <Field name="quantity" kind="number" label={t.quantity} value={text} onChange={setText} longest={3} />
        {offer.left !== null ? <p className="card-note">{fill(t.left, { count: offer.left })}</p> : null}
      </Card>
      {offered.length > 1 ? <Segments<Delivery> names={{ pickup: t.pickup, shipment: t.shipment }} now={delivery} onChange={setDelivery} /> : null}
      {isSent ? (
        <Card title={t.shipment}>
          <Field name="name" label={t.name} value={to.name} onChange={(name) => setTo({ ...to, name })} longest={30} />
          <Field name="phone" kind="number" label={t.phone} value={to.phone} onChange={(phone) => setTo({ ...to, phone })} longest={11} />
          <Field name="address" label={t.address} value={to.address} onChange={(address) => setTo({ ...to, address })} longest={200} />
        </Card>
      ) : null}
      <Card>
        <Row title={t.total} value={<Money fen={offer.price_fen * quantity} size="big" />} />
        {offer.member_price_fen !== null ? <p className="card-note">{fill(t.member, { amount: yuan(offer.member_price_fen * quantity) })}</p> : null}
      </Card>
      {placing.problem ? <Trouble problem={placing.problem} /> : null}
      {keeping.problem ? <Trouble problem={keeping.problem} /> : null}
      {isKept ? <Notice kind="good"><p className="notice-text">{cart.added}</p><Button kind="quiet" onClick={() => go("cart")}>{cart.open}</Button></Notice> : null}
      <div className="actions">
        <Button isOff={!quantity || !isAddressed} isBusy={placing.isBusy} onClick={placing.run}>{t.place}</Button>
        <Button kind="plain" isOff={!quantity} isBusy={keeping.isBusy} onClick={keeping.run}>{cart.add}</Button>
      </div>
    </>
  );
}
