import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import type { OwnQueueView, OwnQueueViewPlaceView } from "@/services/api";
import * as benefits from "@/services/benefits";
import { yuan } from "@/services/money";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

export default function Queue() {
  const t = benefitTexts().queue;
  const isMember = useMember();
  const found = useLoad(() => Promise.all([benefits.queue(), benefits.front()]), [], isMember);
  const [queue, front] = found.value ?? [];
  const foremost = front?.places[0];
  return (
    <Page title={t.title} isLoading={found.isLoading && !queue} problem={found.problem} again={found.again}>
      {queue && front ? (
        <>
          <section className="hero">
            <p className="hero-label">{foremost ? t.waiting : t.none}</p>
            {foremost ? <p className="hero-wait">{fill(t.position, { position: foremost.position ?? "–" })}</p> : null}
            <p className="hero-label">{told(queue.promise, queue.promise_en)}</p>
          </section>
          <Account queue={queue} />
          {queue.places.length ? <Places first={queue.places} next={queue.next} /> : null}
          <div className="actions">
            <p className="fine number">{benefits.poolAddress()}</p>
            <CopyButton text={benefits.poolAddress()} name={t.pool} done={benefitTexts().lottery.copied} />
          </div>
        </>
      ) : null}
    </Page>
  );
}

function Account({ queue }: { queue: OwnQueueView }) {
  const t = benefitTexts().queue;
  if (!queue.campaign) return <Notice><p className="notice-text">{t.noQueue}</p></Notice>;
  if (!queue.account || queue.account.is_open) return null;
  return (
    <Notice>
      <p className="notice-text">{t.shut}</p>
      {queue.account.opens_with === "first_purchase" ? <p className="fine">{fill(t.firstPurchase, { amount: yuan(queue.account.opening_fen) })}</p> : null}
    </Notice>
  );
}

function Places({ first, next }: { first: OwnQueueViewPlaceView[]; next: number | null }) {
  const [rest, setRest] = useState<OwnQueueViewPlaceView[]>([]);
  const [after, setAfter] = useState(next);
  const more = useWork(async () => {
    const page = await benefits.queue(after ?? 0);
    setRest([...rest, ...page.places]);
    setAfter(page.next);
  });
  const all = [...first, ...rest];
  return (
    <Card>
      {all.map((each) => <Place key={each.id} place={each} />)}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {after !== null ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
    </Card>
  );
}

function Place({ place }: { place: OwnQueueViewPlaceView }) {
  const t = benefitTexts().queue;
  const { estimate } = place;
  return (
    <Row
      title={place.position === null ? t.state[place.state] : fill(t.position, { position: place.position })}
      note={
        <>
          {place.ahead_fen !== null ? <span>{fill(t.ahead, { amount: yuan(place.ahead_fen) })}</span> : null}
          {place.state === "waiting" ? <span className="tag tag-soft">{estimate ? fill(t.estimate, { least: estimate.days_min, most: estimate.days_max }) : t.unknown}</span> : null}
          {place.paid_fen ? <span>{fill(t.paid, { amount: yuan(place.paid_fen) })}</span> : null}
        </>
      }
      value={<Money fen={place.target_fen} />}
    />
  );
}
