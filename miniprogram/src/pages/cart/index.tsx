import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Page, Trouble } from "@/components/Page";
import { go, open, pathOf } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Segments } from "@/components/Segments";
import type { CartView } from "@/services/api";
import * as carts from "@/services/cart";
import { isMobile } from "@/services/identity";
import { yuan } from "@/services/money";
import { minute } from "@/services/moments";
import { type Order, type Receiver, unpaid } from "@/services/orders";
import { fill, texts } from "@/texts";
import { cartTexts } from "@/texts/cart";

export default function Cart() {
  const t = cartTexts();
  const isMember = useMember();
  const found = useLoad(carts.cart, [], isMember);
  const [changed, setChanged] = useState<CartView | null>(null);
  const [placed, setPlaced] = useState<Order[] | null>(null);
  const again = () => { setChanged(null); found.again(); };
  useAgain(again);
  const cart = changed ?? found.value;
  if (placed) return <Page title={t.title}><Placed orders={placed} /></Page>;
  return (
    <Page title={t.title} isLoading={found.isLoading && !cart} problem={found.problem} again={again}>
      {isMember ? <Unpaid /> : null}
      {cart && !cart.stores.length ? (
        <>
          <Card><Empty icon="bag">{t.empty}</Empty></Card>
          <div className="actions"><Button kind="plain" onClick={() => go("stores")}>{t.stores}</Button></div>
        </>
      ) : null}
      {cart?.stores.length ? <Filled cart={cart} onChanged={setChanged} onPlaced={setPlaced} /> : null}
    </Page>
  );
}

/** Orders of before that nobody has paid yet: they end by themselves, and are paid or given up on their page. */
function Unpaid() {
  const t = cartTexts();
  const found = useLoad(unpaid);
  useAgain(found.again);
  if (!found.value?.length) return null;
  return (
    <Card title={t.unpaid}>
      {found.value.map((each) => (
        <Row key={each.id} icon="clock" title={each.store_name} note={minute(each.created_at)} value={<Money fen={each.amount_fen} />} onClick={() => go("order", { id: each.id })} />
      ))}
      <p className="card-note">{t.unpaidNote}</p>
    </Card>
  );
}

interface FilledProps {
  cart: CartView;
  onChanged(cart: CartView): void;
  onPlaced(orders: Order[]): void;
}

function Filled({ cart, onChanged, onPlaced }: FilledProps) {
  const t = cartTexts();
  const every = cart.stores.flatMap((store) => store.lines);
  const [delivery, setDelivery] = useState<carts.Delivery>(carts.orderable(cart, "pickup").length ? "pickup" : "shipment");
  const lines = carts.orderable(cart, delivery);
  return (
    <>
      <Segments<carts.Delivery> names={{ pickup: t.pickup, shipment: t.shipment }} now={delivery} onChange={setDelivery} />
      {cart.stores.map((store) => (
        <Card key={store.store_id} title={store.store_name}>
          {store.lines.map((line) => <One key={line.offer_id} line={line} delivery={delivery} onChanged={onChanged} />)}
        </Card>
      ))}
      <CheckOut key={delivery} lines={lines} leftOut={every.length - lines.length} isSent={delivery === "shipment"} onPlaced={onPlaced} />
    </>
  );
}

function noteOf(line: carts.Line, delivery: carts.Delivery): string {
  const t = cartTexts();
  if (!line.is_available) return line.left !== null && line.left > 0 ? fill(t.short, { count: line.left }) : t.gone;
  if (!line.deliveries.includes(delivery)) return delivery === "pickup" ? t.noPickup : t.noShipment;
  return line.is_price_changed ? t.changed : "";
}

interface LineProps {
  line: carts.Line;
  delivery: carts.Delivery;
  onChanged(cart: CartView): void;
}

function One({ line, delivery, onChanged }: LineProps) {
  const t = cartTexts();
  const { title, quantity } = line;
  const put = async (pieces: number) => onChanged(await carts.put(line.offer_id, pieces));
  const fewer = useWork(() => put(quantity - 1));
  const more = useWork(() => put(quantity + 1));
  const removing = useWork(() => put(0));
  const isBusy = fewer.isBusy || more.isBusy || removing.isBusy;
  const isFull = line.left !== null && quantity >= line.left;
  const note = noteOf(line, delivery);
  const problem = fewer.problem ?? more.problem ?? removing.problem;
  return (
    <div className="cart-line">
      <Row title={title} note={note ? <span className="tag tag-warm">{note}</span> : undefined} value={<Money fen={line.price_fen} />} />
      <div className="stepper">
        <button type="button" className="link" aria-label={fill(t.remove, { title })} disabled={isBusy} onClick={removing.run}>{t.removeWord}</button>
        <span className="stepper-buttons">
          <button type="button" className="step" aria-label={fill(t.fewer, { title })} disabled={isBusy || quantity <= 1} onClick={fewer.run}>−</button>
          <span className="step-count number" role="status">{quantity}</span>
          <button type="button" className="step" aria-label={fill(t.more, { title })} disabled={isBusy || isFull} onClick={more.run}>+</button>
        </span>
      </div>
      {problem ? <Trouble problem={problem} /> : null}
    </div>
  );
}

interface CheckOutProps {
  lines: carts.Line[];
  leftOut: number;
  isSent: boolean;
  onPlaced(orders: Order[]): void;
}

function CheckOut({ lines, leftOut, isSent, onPlaced }: CheckOutProps) {
  const t = cartTexts();
  const [to, setTo] = useState<Receiver>({ name: "", phone: "", address: "" });
  const { fen, memberFen } = carts.sum(lines);
  const pieces = lines.reduce((count, line) => count + line.quantity, 0);
  const isAddressed = !isSent || (to.name.trim() !== "" && isMobile(to.phone) && to.address.trim().length >= 5);
  const placing = useWork(async () => {
    const receiver = { name: to.name.trim(), phone: to.phone.trim(), address: to.address.trim() };
    onPlaced(await carts.checkOut(lines, isSent ? receiver : null));
  });
  return (
    <>
      {isSent && lines.length ? (
        <Card title={t.shipment}>
          <Field name="name" label={t.name} value={to.name} onChange={(name) => setTo({ ...to, name })} longest={30} />
          <Field name="phone" kind="number" label={t.phone} value={to.phone} onChange={(phone) => setTo({ ...to, phone })} longest={11}
            problem={to.phone.length >= 11 && !isMobile(to.phone) ? t.wrongPhone : undefined} />
          <Field name="address" label={t.address} value={to.address} onChange={(address) => setTo({ ...to, address })} longest={200} />
        </Card>
      ) : null}
      <Card>
        <Row title={fill(t.total, { count: pieces })} value={<Money fen={fen} size="big" />} />
        {memberFen < fen ? <p className="card-note">{fill(t.member, { amount: yuan(memberFen) })}</p> : null}
        <p className="card-note">{t.split}</p>
        {leftOut ? <p className="card-note">{fill(t.leftOut, { count: leftOut })}</p> : null}
      </Card>
      {placing.problem ? <Trouble problem={placing.problem} /> : null}
      <div className="actions"><Button isOff={!lines.length || !isAddressed} isBusy={placing.isBusy} onClick={placing.run}>{t.place}</Button></div>
    </>
  );
}

function Placed({ orders }: { orders: Order[] }) {
  const t = cartTexts();
  return (
    <>
      <section className="result" role="status">
        <span className="result-mark result-good" aria-hidden="true"><span className="icon icon-check" /></span>
        <h1 className="result-word">{fill(t.placed, { count: orders.length })}</h1>
        <p className="fine">{t.payEach}</p>
      </section>
      <Card>
        {orders.map((order) => (
          <Row key={order.id} icon="bag" title={order.store_name} note={order.lines.map((line) => `${line.title} × ${line.quantity}`).join("、")}
            value={<Money fen={order.amount_fen} />} onClick={() => go("order", { id: order.id })} />
        ))}
      </Card>
      <div className="actions">
        <Button kind="plain" onClick={() => go("orders")}>{t.toOrders}</Button>
        <Button kind="quiet" onClick={() => open(pathOf("home"))}>{texts().common.done}</Button>
      </div>
    </>
  );
}
