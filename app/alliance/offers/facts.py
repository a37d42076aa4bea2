"""What rooms above may know of an offer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.alliance.offers.finding import shown


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as members see it, or saw it; `is_displayed` says which (fen). `stock` None: without
    end."""

    id: UUID
    merchant_id: UUID
    store_id: UUID
    title: str
    text: str
    price_fen: int
    is_displayed: bool
    stock: int | None


def offer_facts(offer_id: UUID) -> OfferFacts | None:
    """An offer that was ever displayed, in the current unit of work; None for any other."""
    found = shown([offer_id]).get(offer_id)
    if found is None:
        return None
    row, version = found
    return OfferFacts(
        id=row.id,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        title=version.title,
        text=version.text,
        price_fen=version.price_fen,
        is_displayed=row.status == "displayed",
        stock=row.stock,
    )
