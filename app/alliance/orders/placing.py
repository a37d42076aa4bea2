"""Placing orders: one for each store of what is wanted, at today's prices and terms, with its stock
taken; unpaid it gives that back when its time is over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.alliance import terms
from app.alliance.offers import finding, writing
from app.alliance.offers.errors import OfferUnknown, SoldOut
from app.alliance.offers.finding import Shown
from app.alliance.orders import carts, steps
from app.alliance.orders.errors import DeliveryNotOffered
from app.alliance.orders.models import Order, OrderLine, OrderReceiver, receiver_context
from app.alliance.orders.rules import OrderStatus, total_fen
from app.core import crypto
from app.core.config import settings
from app.core.db import db
from app.core.world import bucket_of, new_id, now
from app.members import service as members


@dataclass(frozen=True, slots=True)
class Item:
    """So many pieces of an offer."""

    offer_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to order, and how it comes to them; `receiver` where it is shipped."""

    items: Sequence[Item]
    delivery: str
    receiver: dict[str, str] | None
    remark: str | None


def place(member_id: UUID, wish: Wish) -> list[Order]:
    """Places an order for each store, in the current unit of work; what is ordered leaves the cart.

    Locks the offers' rows. Raises OfferUnknown, SoldOut, DeliveryNotOffered, StoreClosed,
    StorePaused, ContractNotInForce, MemberMerged.
    """
    members.require_present(member_id)
    found = finding.shown([item.offer_id for item in wish.items])
    by_store: dict[UUID, list[tuple[Item, Shown]]] = {}
    for item in wish.items:
        shown = found.get(item.offer_id)
        if shown is None or shown[0].status != "displayed":
            raise OfferUnknown(offer_id=str(item.offer_id))
        if wish.delivery not in shown[1].deliveries:
            offered = {"offer_id": str(item.offer_id), "deliveries": shown[1].deliveries}
            raise DeliveryNotOffered(**offered)
        by_store.setdefault(shown[0].store_id, []).append((item, shown))
    _take(wish.items)
    carts.remove(member_id, [item.offer_id for item in wish.items])
    return [_write(member_id, store_id, mine, wish) for store_id, mine in sorted(by_store.items())]


def give_stock_back(row: Order) -> None:
    """What an order took that will not be handed over is in stock again, in the current unit."""
    counts: Counter[UUID] = Counter()
    for line in steps.lines(row):
        counts[line.offer_id] += line.quantity - line.returned
    writing.put_back({offer: count for offer, count in counts.items() if count})


def _take(items: Sequence[Item]) -> None:
    counts: Counter[UUID] = Counter()
    for item in items:
        counts[item.offer_id] += item.quantity
    short = writing.take(counts)
    for offer_id, left in short.items():
        raise SoldOut(offer_id=str(offer_id), left=left)


def _write(
    member_id: UUID, store_id: UUID, wanted: Sequence[tuple[Item, Shown]], wish: Wish
) -> Order:
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
        policy_id=contract.policy_id,
        delivery=wish.delivery,
        status=OrderStatus.UNPAID,
        remark=wish.remark,
        amount_fen=total_fen([(item.quantity, said.price_fen) for item, (_, said) in wanted]),
        member_amount_fen=total_fen(
            [(item.quantity, said.member_price_fen or said.price_fen) for item, (_, said) in wanted]
        ),
        created_at=moment,
        next_at=moment + timedelta(minutes=settings().order_unpaid_minutes),
    )
    db.session.add(row)
    db.session.flush()
    for number, (item, shown) in enumerate(wanted, 1):
        db.session.add(_line(row, number, item, shown))
    _keep_receiver(row, wish)
    steps.note(row, "placed", member_id)
    return row


def _line(row: Order, number: int, item: Item, shown: Shown) -> OrderLine:
    offer, said = shown
    return OrderLine(
        bucket=row.bucket,
        order_id=row.id,
        number=number,
        offer_id=offer.id,
        offer_version=said.version,
        title=said.title,
        picture=said.pictures[0] if said.pictures else None,
        quantity=item.quantity,
        price_fen=said.price_fen,
        member_price_fen=said.member_price_fen,
    )


def _keep_receiver(row: Order, wish: Wish) -> None:
    if wish.receiver is None:
        return
    plain = json.dumps(wish.receiver, ensure_ascii=False)
    sealed = crypto.encrypt(plain, receiver_context(row.id))
    db.session.add(OrderReceiver(order_id=row.id, receiver_sealed=sealed))
