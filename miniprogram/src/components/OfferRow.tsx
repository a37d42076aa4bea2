import type { OffersViewOfferView } from "@/services/api";
import { address } from "@/services/request";
import { texts } from "@/texts";
import { Money } from "./Money";

export function OfferRow({ offer, onClick }: { offer: OffersViewOfferView; onClick(): void }) {
  const t = texts();
  const picture = offer.pictures[0];
  return (
    <button type="button" className="row row-link offer" onClick={onClick}>
      {picture ? <img className="offer-picture" src={pictureOf(offer.merchant_id, picture)} alt="" /> : <span className="offer-picture offer-blank" aria-hidden="true">{offer.title.slice(0, 1)}</span>}
      <span className="row-text">
        <span className="row-title">{offer.title}</span>
        <span className="row-note">{offer.store_name}</span>
        <span className="offer-prices">
          <Money fen={offer.member_price_fen ?? offer.price_fen} />
          {offer.member_price_fen !== null ? <span className="tag tag-warm">{t.offer.memberPrice}</span> : null}
        </span>
      </span>
    </button>
  );
}

/** A picture of an offer or a store. */
export function pictureOf(merchantId: string, name: string): string {
  return address(`/offer-pictures/${merchantId}/${name}.jpg`);
}
