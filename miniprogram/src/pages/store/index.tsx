import { Button } from "@/components/Button";
import { useLoad, useQuery } from "@/components/hooks";
import { OfferRow, pictureOf } from "@/components/OfferRow";
import { Page } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import type { StoreDetail } from "@/services/api";
import * as stores from "@/services/stores";
import { texts } from "@/texts";

export default function Store() {
  const t = texts();
  const { id } = useQuery();
  const found = useLoad(() => stores.store(id), [id]);
  const offers = useLoad(() => stores.offers({ storeId: id }), [id]);
  const store = found.value;
  return (
    <Page
      title={store?.name ?? t.name}
      isLoading={found.isLoading && !store}
      problem={found.problem}
      again={found.again}
      foot={store ? (
        <>
          <Button kind="plain" onClick={() => go("top-up", { store: id })}>{t.store.topUp}</Button>
          <Button onClick={() => go("pay", { store: id })}>{t.store.pay}</Button>
        </>
      ) : undefined}
    >
      {store ? (
        <>
          <section className="store-head">
            {store.pictures[0]
              ? <img className="store-face store-face-picture" src={pictureOf(store.merchant_id, store.pictures[0])} alt="" />
              : <span className="store-face" aria-hidden="true">{store.name.slice(0, 1)}</span>}
            <div>
              <h1 className="store-name">{store.name}</h1>
              <p className="fine">{store.category}</p>
              {typeof store.is_open === "boolean" ? (
                <span className={`tag ${store.is_open ? "tag-good" : "tag-soft"}`}>{store.is_open ? t.home.open : t.home.shut}</span>
              ) : null}
            </div>
          </section>
          {store.pictures.length > 1 ? (
            <div className="gallery" role="group" aria-label={t.store.pictures}>
              {store.pictures.map((name, place) => <img key={name} className="gallery-picture" src={pictureOf(store.merchant_id, name)} alt={`${store.name} ${place + 1}`} />)}
            </div>
          ) : null}
          <Card>
            <Row icon="place" title={store.address} />
            {store.telephone ? <Row icon="phone" title={store.telephone} /> : null}
            <Hours store={store} />
          </Card>
          {offers.value?.offers.length ? (
            <Card title={t.store.offers}>
              {offers.value.offers.map((offer) => <OfferRow key={offer.id} offer={offer} onClick={() => go(offer.deliveries.length ? "buy" : "store", offer.deliveries.length ? { offer: offer.id } : { id })} />)}
            </Card>
          ) : null}
        </>
      ) : null}
    </Page>
  );
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

function Hours({ store }: { store: StoreDetail }) {
  const t = texts();
  const weekly = store.weekly_hours;
  if (!weekly) return <Row icon="clock" title={t.store.noHours} />;
  const lines = DAYS.map((day) => {
    const periods = weekly[day] ?? [];
    return `${t.store.days[day]} ${periods.map(({ opens, closes }) => `${opens}–${closes}`).join("、") || t.store.closed}`;
  });
  return <Row icon="clock" title={t.store.hours} note={<span className="hours">{lines.join("\n")}</span>} />;
}
