import { useState } from "react";
import { Button } from "@/components/Button";
import { DestinationFields, useDestination } from "@/components/Destination";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, swap } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import type { DrawView, OffersViewOfferView } from "@/services/api";
import * as benefits from "@/services/benefits";
import { minute } from "@/services/moments";
import * as orders from "@/services/orders";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";
import { orderTexts } from "@/texts/orders";

/** Goods that were won: how they come to their winner, or what became of them. */
export default function Claim() {
  const t = benefitTexts().claim;
  const { id } = useQuery();
  const isMember = useMember();
  const found = useLoad(() => benefits.ownDraw(id), [id], isMember);
  const draw = found.value;
  return (
    <Page title={t.title} isLoading={found.isLoading && !draw} problem={found.problem} again={found.again}>
      {draw ? (
        <>
          <Card>
            <Row icon="gift" title={told(draw.prize_name, draw.prize_name_en)} note={draw.claim === "open" && draw.claim_until ? fill(t.until, { date: minute(draw.claim_until) }) : undefined} value={draw.claim ? <span className="tag tag-soft">{t.state[draw.claim]}</span> : undefined} />
            <p className="card-note">{t.borne}</p>
          </Card>
          {draw.claim === "open" && draw.offer_id ? <Open draw={draw} offerId={draw.offer_id} again={found.again} /> : <Standing draw={draw} />}
        </>
      ) : null}
    </Page>
  );
}

function Standing({ draw }: { draw: DrawView }) {
  const t = benefitTexts().claim;
  const orderId = draw.order_id;
  if (orderId) return <div className="actions"><Button onClick={() => go("order", { id: orderId })}>{t.order}</Button></div>;
  return draw.claim === "claimed" ? <Notice kind="good"><p className="notice-text">{t.paid}</p></Notice> : null;
}

/** An offer that nobody finds any more is not to be had: its value is left. */
function Open({ draw, offerId, again }: { draw: DrawView; offerId: string; again(): void }) {
  const found = useLoad(() => orders.offer(offerId), [offerId]);
  const isGone = found.problem?.status === 404;
  if (isGone) return <Money draw={draw} again={again} />;
  return (
    <>
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      {found.value ? <Goods draw={draw} offer={found.value} again={again} /> : null}
    </>
  );
}

function Goods({ draw, offer, again }: { draw: DrawView; offer: OffersViewOfferView; again(): void }) {
  const t = benefitTexts().claim;
  const destination = useDestination(offer.deliveries);
  const claiming = useWork(async () => {
    const claimed = await benefits.claim(draw.id, destination.delivery, destination.receiver);
    swap("order", { id: claimed.order_id ?? "" });
  });
  const isMissing = offer.left === 0 || claiming.problem?.code === "gift_not_to_be_had";
  return (
    <>
      <Card>
        <Row title={offer.title} note={offer.store_name} />
        {offer.text ? <p className="prose">{offer.text}</p> : null}
        {destination.offered.length === 1 && destination.delivery === "pickup" ? <Row icon="place" title={orderTexts().pickup} note={offer.store_name} /> : null}
      </Card>
      <DestinationFields {...destination} />
      {claiming.problem ? <Trouble problem={claiming.problem} /> : null}
      <div className="actions"><Button isOff={!destination.isKnown || offer.left === 0} isBusy={claiming.isBusy} onClick={claiming.run}>{t.take}</Button></div>
      {isMissing ? <Money draw={draw} again={again} /> : null}
    </>
  );
}

/** The value instead, which cannot be taken back into goods: asked once more. */
function Money({ draw, again }: { draw: DrawView; again(): void }) {
  const t = benefitTexts().claim;
  const [isAsked, setAsked] = useState(false);
  const taking = useWork(async () => {
    await benefits.claim(draw.id, "money", null);
    setAsked(false);
    again();
  });
  return (
    <>
      <Notice><p className="notice-text">{t.gone}</p><Button kind="quiet" onClick={() => setAsked(true)}>{t.money}</Button></Notice>
      {isAsked ? (
        <Sheet title={t.money} onClose={() => setAsked(false)}>
          <p className="card-note">{t.sure}</p>
          {taking.problem ? <Trouble problem={taking.problem} /> : null}
          <div className="actions"><Button isBusy={taking.isBusy} onClick={taking.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}
