import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useSignedIn, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { OfferRow } from "@/components/OfferRow";
import { Empty, Loading, Page, Trouble } from "@/components/Page";
import { go, pathOf } from "@/components/routes";
import { Card, Link, Row } from "@/components/Rows";
import { StoreRow } from "@/components/StoreRow";
import { type Place, platform } from "@/platform";
import { Problem } from "@/services/problem";
import * as stores from "@/services/stores";
import { spendable, wallet } from "@/services/wallet";
import { texts } from "@/texts";

const SHOWN = 5;

export default function Home() {
  const t = texts();
  const isIn = useSignedIn();
  const [place, setPlace] = useState<Place | null>(null);
  const nearby = useLoad(() => stores.find({ place, limit: SHOWN }), [place]);
  const offers = useLoad(() => stores.offers({ limit: 6 }));
  const purses = useLoad(wallet, [isIn], isIn === true);
  useAgain(purses.again);
  const scanning = useWork(async () => {
    const content = await platform.scan().catch(() => { throw new Problem({ status: 0, code: "outside", message: t.problem.outside, title: t.problem.outside }); });
    if (content === null) return;
    const token = stores.payableIn(content);
    if (!token) throw new Problem({ status: 0, code: "code", message: t.home.notAStore, title: t.home.notAStore });
    await stores.scanned(token);
    go("pay", { code: token });
  });
  return (
    <Page title={t.name} tab="home">
      {isIn ? (
        <section className="hero">
          <p className="hero-label">{t.home.spendable}</p>
          {purses.value ? <Money fen={spendable(purses.value)} size="huge" /> : <p className="hero-wait">¥ …</p>}
          <div className="hero-doors">
            <Door icon="scan" name={t.home.pay} onClick={scanning.run} />
            <Door icon="code" name={t.home.code} onClick={() => go("code")} />
            <Door icon="plus" name={t.home.topUp} onClick={() => go("top-up")} />
            <Door icon="friends" name={t.home.invite} onClick={() => go("invite")} />
          </div>
        </section>
      ) : null}
      {isIn === false ? (
        <section className="hero">
          <h1 className="hero-title">{t.home.guest}</h1>
          <p className="hero-label">{t.home.guestNote}</p>
          <Button kind="plain" onClick={() => go("join", { back: pathOf("home") })}>{t.home.join}</Button>
        </section>
      ) : null}
      {isIn ? <Card><Row icon="gift" title={t.me.benefits} onClick={() => go("benefits")} /></Card> : null}
      {scanning.problem ? <Trouble problem={scanning.problem} /> : null}
      {purses.problem ? <Trouble problem={purses.problem} again={purses.again} /> : null}
      <Card title={t.home.stores} aside={<Nearest onFound={setPlace} isFound={place !== null} />}>
        {nearby.problem ? <Trouble problem={nearby.problem} again={nearby.again} /> : null}
        {nearby.isLoading && !nearby.value ? <Loading /> : null}
        {nearby.value?.stores.map((store) => <StoreRow key={store.id} store={store} onClick={() => go("store", { id: store.id })} />)}
        {nearby.value && !nearby.value.stores.length ? <Empty icon="store">{t.home.noStores}</Empty> : null}
        {nearby.value?.next ? <div className="card-foot"><Link onClick={() => go("stores")}>{t.home.allStores}</Link></div> : null}
      </Card>
      {offers.value?.offers.length ? (
        <Card title={t.home.offers}>
          {offers.value.offers.map((offer) => <OfferRow key={offer.id} offer={offer} onClick={() => go("store", { id: offer.store_id })} />)}
        </Card>
      ) : null}
    </Page>
  );
}

function Door({ icon, name, onClick }: { icon: string; name: string; onClick(): void }) {
  return (
    <button type="button" className="door" onClick={onClick}>
      <span className="door-ring"><span className={`icon icon-${icon}`} aria-hidden="true" /></span>
      <span className="door-name">{name}</span>
    </button>
  );
}

/** Where people are is asked only when they want the nearest stores. */
function Nearest({ onFound, isFound }: { onFound(place: Place): void; isFound: boolean }) {
  const t = texts();
  const [isInside, setInside] = useState(false);
  const asking = useWork(async () => {
    const place = await platform.place();
    if (place) onFound(place);
  });
  useEffect(() => void platform.isInsideWeChat().then(setInside), []);
  if (isFound || !isInside) return null;
  return <Link onClick={asking.run}>{t.home.near}</Link>;
}
