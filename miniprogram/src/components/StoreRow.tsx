import type { StorePageFoundStoreView } from "@/services/api";
import { distance } from "@/services/stores";
import { texts } from "@/texts";
import { pictureOf } from "./OfferRow";
import { Row } from "./Rows";

/** A store in a list: what it is, where, how far, whether it is open now. */
export function StoreRow({ store, onClick }: { store: StorePageFoundStoreView; onClick(): void }) {
  const t = texts();
  const far = distance(store.metres);
  return (
    <Row
      face={store.pictures[0] ? <img className="store-picture" src={pictureOf(store.merchant_id, store.pictures[0])} alt="" /> : undefined}
      icon="store"
      title={store.name}
      note={
        <>
          <span>{[store.category, store.address].filter(Boolean).join(" · ")}</span>
          {typeof store.is_open === "boolean" ? (
            <span className={`tag ${store.is_open ? "tag-good" : "tag-soft"}`}>{store.is_open ? t.home.open : t.home.shut}</span>
          ) : null}
        </>
      }
      value={far ? <span className="fine">{far}</span> : undefined}
      onClick={onClick}
    />
  );
}
