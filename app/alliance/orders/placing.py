"""Placing orders: one for each store and supplier of what is wanted, at today's prices and terms,
with its stock taken; unpaid it gives that back when its time is over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import terms
from app.alliance.offers import finding, writing
from app.alliance.offers.errors import OfferUnknown, SoldOut
from app.alliance.offers.models import Offer, OfferVersion
from app.alliance.orders import carts, steps, supplies
from app.alliance.orders.errors import DeliveryNotOffered, TooManyUnpaidOrders
from app.alliance.orders.models import Order, OrderLine, OrderReceiver, receiver_context
from app.alliance.orders.rules import OrderStatus, total_fen
from app.core import crypto
from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of, new_id, now
from app.members import service as members

MOST_UNPAID = 20
UNPAID = (OrderStatus.UNPAID, OrderStatus.PAYING)


@dataclass(frozen=True, slots=True)
class Item:
    """So many pieces of an offer."""

    offer_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item with what its offer says, and what a supplier gets for each piece (fen)."""

    item: Item
    offer: Offer
    said: OfferVersion
    supply_fen: int | None

    @property
    def lowest_fen(self) -> int:
        """The price of one for members, where there is such a price."""
        return self.said.member_price_fen or self.said.price_fen


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to order, and how it comes to them; `receiver` where it is shipped."""

    items: Sequence[Item]
    delivery: str
    receiver: dict[str, str] | None
    remark: str | None


def place(member_id: UUID, wish: Wish) -> list[Order]:
    """Places an order for each store and supplier, in the current unit of work; what is ordered
    leaves the cart.

    Locks the offers' rows. Raises TooManyUnpaidOrders, OfferUnknown, SoldOut, DeliveryNotOffered,
    StoreClosed, StorePaused, ContractNotInForce, MemberMerged.
    """
    members.require_present(member_id)
    found = finding.shown([item.offer_id for item in wish.items])
    agreed = supplies.in_force(list(found)) if wish.delivery == "shipment" else {}
    groups: dict[tuple[UUID, UUID | None], list[Wanted]] = {}
    for item in wish.items:
        shown = found.get(item.offer_id)
        if shown is None or shown[0].status != "displayed":
            raise OfferUnknown(offer_id=str(item.offer_id))
        if wish.delivery not in shown[1].deliveries:
            offered = {"offer_id": str(item.offer_id), "deliveries": shown[1].deliveries}
            raise DeliveryNotOffered(**offered)
        supply = agreed.get(item.offer_id)
        group = (shown[0].store_id, supply.supplier_id if supply else None)
        groups.setdefault(group, []).append(
            Wanted(item, *shown, supply.price_fen if supply else None)
        )
    _must_have_room(member_id, len(groups))
    _take(wish.items)
    carts.remove(member_id, [item.offer_id for item in wish.items])
    return [write(member_id, *group, mine, wish) for group, mine in groups.items()]


def give_stock_back(row: Order) -> None:
    """What an order took that will not be handed over is in stock again, in the current unit."""
    counts: Counter[UUID] = Counter()
    for line in steps.lines(row):
        counts[line.offer_id] += line.quantity - line.returned
    writing.put_back({offer: count for offer, count in counts.items() if count})


def _must_have_room(member_id: UUID, more: int) -> None:
    """Nobody keeps a shop's stock from others by ordering, or beginning to pay, and not paying."""
    one_at_a_time(f"alliance/orders/{member_id}")
    mine = (Order.bucket == bucket_of(member_id), Order.payer_id == member_id)
    unpaid = select(func.count()).where(*mine, Order.status.in_(UNPAID))
    if int(db.session.scalar(unpaid) or 0) + more > MOST_UNPAID:
        raise TooManyUnpaidOrders()


def _take(items: Sequence[Item]) -> None:
    counts: Counter[UUID] = Counter()
    for item in items:
        counts[item.offer_id] += item.quantity
    short = writing.take(counts)
    for offer_id, left in short.items():
        raise SoldOut(offer_id=str(offer_id), left=left)


def write(
    member_id: UUID,
    store_id: UUID,
    supplier_id: UUID | None,
    wanted: Sequence[Wanted],
    wish: Wish,
) -> Order:
    """Writes an unpaid order whose stock is taken, in the current unit of work. Raises StoreClosed,
    StorePaused, ContractNotInForce."""
    store = terms.of_store(store_id)
    contract = store.selling(now())
    bucket, moment = bucket_of(member_id), now()
    row = Order(
        bucket=bucket,
        id=new_id(bucket),
        payer_id=member_id,
        merchant_id=store.merchant_id,
        store_id=store_id,
        contract_id=contract.id,
        policy_id=contract.policy_at(moment),
        supplier_id=supplier_id,
        delivery=wish.delivery,
        status=OrderStatus.UNPAID,
        remark=wish.remark,
        amount_fen=total_fen([(each.item.quantity, each.said.price_fen) for each in wanted]),
        member_amount_fen=total_fen([(each.item.quantity, each.lowest_fen) for each in wanted]),
        created_at=moment,
        next_at=moment + timedelta(minutes=settings().order_unpaid_minutes),
    )
    db.session.add(row)
    db.session.flush()
    for number, each in enumerate(wanted, 1):
        db.session.add(_line(row, number, each))
    _keep_receiver(row, wish)
    steps.note(row, "placed", member_id)
    return row


def _line(row: Order, number: int, wanted: Wanted) -> OrderLine:
    said = wanted.said
    return OrderLine(
        bucket=row.bucket,
        order_id=row.id,
        number=number,
        offer_id=wanted.offer.id,
        offer_version=said.version,
        title=said.title,
        picture=said.pictures[0] if said.pictures else None,
        quantity=wanted.item.quantity,
        price_fen=said.price_fen,
        member_price_fen=said.member_price_fen,
        supply_fen=wanted.supply_fen,
    )


def _keep_receiver(row: Order, wish: Wish) -> None:
    if wish.receiver is None:
        return
    plain = json.dumps(wish.receiver, ensure_ascii=False)
    sealed = crypto.encrypt(plain, receiver_context(row.id))
    db.session.add(OrderReceiver(order_id=row.id, receiver_sealed=sealed))
