import { useState } from "react";
import { Button } from "@/components/Button";
import { DestinationFields, useDestination } from "@/components/Destination";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, swap } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
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

function Form({ offer }: { offer: OffersViewOfferView }) {
  const t = orderTexts();
  const cart = cartTexts();
  const destination = useDestination(offer.deliveries);
  const [text, setText] = useState("1");
  const [isKept, setKept] = useState(false);
  const quantity = /^[1-9]\d{0,2}$/.test(text.trim()) ? Number(text) : 0;
  const placing = useWork(async () => {
    swap("order", { id: (await orders.place(offer.id, quantity, destination.receiver)).id });
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
      <DestinationFields {...destination} />
      <Card>
        <Row title={t.total} value={<Money fen={offer.price_fen * quantity} size="big" />} />
        {offer.member_price_fen !== null ? <p className="card-note">{fill(t.member, { amount: yuan(offer.member_price_fen * quantity) })}</p> : null}
      </Card>
      {placing.problem ? <Trouble problem={placing.problem} /> : null}
      {keeping.problem ? <Trouble problem={keeping.problem} /> : null}
      {isKept ? <Notice kind="good"><p className="notice-text">{cart.added}</p><Button kind="quiet" onClick={() => go("cart")}>{cart.open}</Button></Notice> : null}
      <div className="actions">
        <Button isOff={!quantity || !destination.isKnown} isBusy={placing.isBusy} onClick={placing.run}>{t.place}</Button>
        <Button kind="plain" isOff={!quantity} isBusy={keeping.isBusy} onClick={keeping.run}>{cart.add}</Button>
      </div>
    </>
  );
}
