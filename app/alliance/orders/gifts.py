"""Gifts: one piece of an offer for a member, paid by who gives it. From then on an order as others.

Who gives it puts its price into the member's `order_escrow` in the same unit of work, and answers
`gift_returned` when it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.alliance import terms
from app.alliance.closure.errors import StoreClosed, StorePaused
from app.alliance.errors import ContractNotInForce
from app.alliance.offers import finding, writing
from app.alliance.offers.finding import Shown
from app.alliance.orders import paying, placing, returning, steps, supplies
from app.alliance.orders.errors import DeliveryNotOffered, GiftNotToBeHad
from app.alliance.orders.placing import Item, Wanted, Wish
from app.alliance.orders.rules import OrderStatus
from app.core.world import SYSTEM_ID, now
from app.members import service as members


@dataclass(frozen=True, slots=True)
class Gift:
    """One piece of an offer at the price (fen) that was put aside for it, and how it comes to the
    member; `receiver` where it is shipped."""

    offer_id: UUID
    price_fen: int
    delivery: str
    receiver: dict[str, str] | None
    remark: str | None = None


def order_gift(member_id: UUID, gift: Gift) -> UUID:
    """Orders a gift for a member, paid, in the current unit of work; the order's id.

    Whoever calls puts `price_fen` into the member's `order_escrow` in the same unit. Locks the
    offer's row. Raises GiftNotToBeHad, DeliveryNotOffered, MemberMerged.
    """
    members.require_present(member_id)
    offer, said = _to_be_had(gift.offer_id, gift.price_fen)
    if gift.delivery not in said.deliveries:
        offered = {"offer_id": str(offer.id), "deliveries": said.deliveries}
        raise DeliveryNotOffered(**offered)
    if writing.take({offer.id: 1}):
        raise GiftNotToBeHad(reason="sold_out")
    is_shipped = gift.delivery == "shipment"
    supply = supplies.in_force([offer.id]).get(offer.id) if is_shipped else None
    item = Item(offer.id, 1)
    wanted = [Wanted(item, offer, said, supply.price_fen if supply else None)]
    wish = Wish([item], gift.delivery, gift.receiver, gift.remark)
    supplier_id = supply.supplier_id if supply else None
    row = placing.write(member_id, offer.store_id, supplier_id, wanted, wish)
    row.is_gift, row.paid_fen = True, row.amount_fen
    paying.paid(row, "gifted")
    return row.id


def gift_refusal(offer_id: UUID, price_fen: int) -> str | None:
    """Why an offer cannot be given at this price now, or None, in the current unit of work:
    `not_displayed`, `price_changed`, `sold_out`, `not_selling`."""
    try:
        offer, _ = _to_be_had(offer_id, price_fen)
    except GiftNotToBeHad as refusal:
        return str(refusal.extra["reason"])
    return "sold_out" if offer.stock == 0 else None


def call_gift_back(order_id: UUID, reason: str) -> bool:
    """Gives a gift back whose reason is gone, where it was not shipped or handed over, in the
    current unit of work. False while it is on its way: what becomes of it is not known yet.

    Locks the order. Raises OrderUnknown.
    """
    row = steps.locked(order_id)
    if row.status == OrderStatus.PAID:
        returning.give_back(row, None, reason, SYSTEM_ID, step="called_back")
    return row.status != OrderStatus.SHIPPED


def _to_be_had(offer_id: UUID, price_fen: int) -> Shown:
    found = finding.shown([offer_id]).get(offer_id)
    if found is None or found[0].status != "displayed":
        raise GiftNotToBeHad(reason="not_displayed")
    if found[1].price_fen != price_fen:
        raise GiftNotToBeHad(reason="price_changed")
    try:
        terms.of_store(found[0].store_id).selling(now())
    except (StoreClosed, StorePaused, ContractNotInForce) as refusal:
        raise GiftNotToBeHad(reason="not_selling") from refusal
    return found
