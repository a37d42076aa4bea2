"""A member's cart: kept here, not on the phone; what it costs is looked up each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance import catalogue
from app.alliance.offers import finding
from app.alliance.offers.finding import Shown
from app.alliance.orders.errors import CartFull
from app.alliance.orders.models import CartItem
from app.alliance.orders.rules import total_fen
from app.core.db import db
from app.core.world import bucket_of, now

MOST_ITEMS = 100
Fields = dict[str, Any]


def put(member_id: UUID, offer_id: UUID, quantity: int) -> None:
    """So many pieces of an offer are in the cart, in the current unit of work; none: it is not.

    Raises OfferUnknown, CartFull.
    """
    if not quantity:
        remove(member_id, [offer_id])
        return
    offer, wording = finding.one_displayed(offer_id)
    mine = (CartItem.bucket == bucket_of(member_id), CartItem.member_id == member_id)
    others = select(func.count()).where(*mine, CartItem.offer_id != offer_id)
    if int(db.session.scalar(others) or 0) >= MOST_ITEMS:
        raise CartFull()
    values = {
        "quantity": quantity,
        "price_fen": wording.price_fen,
        "member_price_fen": wording.member_price_fen,
        "changed_at": now(),
    }
    key = {"bucket": bucket_of(member_id), "member_id": member_id, "offer_id": offer.id}
    made = upsert(CartItem).values(key | values)
    db.session.execute(made.on_conflict_do_update(index_elements=list(key), set_=values))


def remove(member_id: UUID, offer_ids: Sequence[UUID]) -> None:
    """These offers are not in the cart any more, in the current unit of work."""
    gone = delete(CartItem).where(
        CartItem.bucket == bucket_of(member_id),
        CartItem.member_id == member_id,
        CartItem.offer_id.in_(offer_ids),
    )
    db.session.execute(gone.execution_options(synchronize_session=False))


def shown(member_id: UUID) -> Fields:
    """The cart by stores, at today's prices, in the current unit of work. What is not sold any
    more, or is sold out, is shown and counted in no sum."""
    mine = (CartItem.bucket == bucket_of(member_id), CartItem.member_id == member_id)
    items = db.session.scalars(
        select(CartItem)
        .where(*mine)
        .order_by(CartItem.offer_id)
        .execution_options(populate_existing=True)
    ).all()
    found = finding.shown([item.offer_id for item in items]) if items else {}
    stores: dict[UUID, list[Fields]] = {}
    for item in items:
        if item.offer_id in found:
            offer = found[item.offer_id]
            stores.setdefault(offer[0].store_id, []).append(_line(item, offer))
    return {"stores": [_store(store_id, lines) for store_id, lines in sorted(stores.items())]}


def _line(item: CartItem, shown: Shown) -> Fields:
    offer, wording = shown
    seen = (item.price_fen, item.member_price_fen)
    is_enough = offer.stock is None or offer.stock >= item.quantity
    return {
        "offer_id": offer.id,
        "title": wording.title,
        "picture": wording.pictures[0] if wording.pictures else None,
        "deliveries": wording.deliveries,
        "quantity": item.quantity,
        "price_fen": wording.price_fen,
        "member_price_fen": wording.member_price_fen,
        "is_price_changed": seen != (wording.price_fen, wording.member_price_fen),
        "is_available": offer.status == "displayed" and is_enough,
        "left": offer.stock,
    }


def _store(store_id: UUID, lines: list[Fields]) -> Fields:
    counted = [line for line in lines if line["is_available"]]
    store = catalogue.store(store_id)
    return {
        "store_id": store_id,
        "merchant_id": store.merchant_id,
        "store_name": store.name,
        "lines": lines,
        "amount_fen": total_fen([(x["quantity"], x["price_fen"]) for x in counted]),
        "member_amount_fen": total_fen(
            [(x["quantity"], x["member_price_fen"] or x["price_fen"]) for x in counted]
        ),
    }
