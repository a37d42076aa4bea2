"""Suppliers: what they supply is agreed by both, shipped by them, and paid out of the sale.

The supplier's part is a leg of the sale's journal: it never is the seller's, so that nothing has to
be collected. The seller's statement has a line for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance import catalogue, terms
from app.alliance.models import Merchant
from app.alliance.offers import writing
from app.alliance.offers.models import Offer, OfferVersion
from app.alliance.orders import steps
from app.alliance.orders.errors import (
    OrderUnknown,
    SupplierUnknown,
    SupplyNotOpen,
    SupplyTooDear,
    SupplyUnknown,
)
from app.alliance.orders.models import Order
from app.alliance.orders.supply_models import Supplier, Supply, SupplyPayment
from app.alliance.rules import portion_fen
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of, new_id, now
from app.ledger.service import Account, Journal, Leg


def register(merchant_id: UUID, author: UUID) -> Supplier:
    """Lets a merchant supply others, in the current unit of work; the second time is fine.
    Raises MerchantUnknown."""
    catalogue.merchant(merchant_id)
    key = {"bucket": bucket_of(merchant_id), "merchant_id": merchant_id}
    made = upsert(Supplier).values(key | {"created_by": author, "created_at": now()})
    db.session.execute(made.on_conflict_do_nothing())
    return db.session.get_one(Supplier, (key["bucket"], merchant_id))


def suppliers(caller: Principal, name: str | None, limit: int) -> list[dict[str, Any]]:
    """Who may supply others, by name, but the caller's own merchant: those whose names hold the
    words, in the current unit of work."""
    wanted = (
        select(Supplier.merchant_id, Merchant.name, Supplier.created_at)
        .join(Merchant, Merchant.id == Supplier.merchant_id)
        .order_by(Merchant.name, Merchant.id)
    )
    if caller.merchant_id is not None:
        wanted = wanted.where(Supplier.merchant_id != caller.merchant_id)
    if name:
        wanted = wanted.where(Merchant.name.icontains(name, autoescape=True))
    return [row._asdict() for row in db.session.execute(wanted.limit(limit))]


def propose(caller: Principal, offer_id: UUID, supplier_id: UUID, price_fen: int) -> Supply:
    """The seller proposes what the supplier gets for each piece, in the current unit of work.

    Locks the offer. Raises OfferUnknown, SupplierUnknown, SupplyTooDear (the sale of one piece at
    its lowest price would not bring so much), SupplyNotOpen (another proposal waits).
    """
    offer = writing.own(caller, offer_id)
    known = db.session.get(Supplier, (bucket_of(supplier_id), supplier_id))
    if known is None or supplier_id == offer.merchant_id:
        raise SupplierUnknown()
    latest = writing.version(offer, offer.latest_version)
    lowest_fen = latest.member_price_fen or latest.price_fen
    contract = terms.of_store(offer.store_id).in_force(now())
    maximum_fen = lowest_fen - portion_fen(lowest_fen, contract.concession_bp)
    if price_fen > maximum_fen:
        raise SupplyTooDear(maximum_fen=maximum_fen)
    if _of_offers([offer_id], "proposed"):
        raise SupplyNotOpen(supply_status="proposed")
    row = Supply(
        bucket=offer.bucket,
        id=new_id(offer.bucket),
        offer_id=offer_id,
        merchant_id=offer.merchant_id,
        supplier_id=supplier_id,
        price_fen=price_fen,
        status="proposed",
        proposed_by=caller.id,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def answer(caller: Principal, supply_id: UUID, *, is_accepted: bool) -> Supply:
    """The supplier accepts or declines, in the current unit of work; the same again is fine. What
    was accepted for the offer before ends. Raises SupplyUnknown, SupplyNotOpen."""
    row = _locked(supply_id)
    if caller.merchant_id != row.supplier_id:
        raise SupplyUnknown()
    wanted = "accepted" if is_accepted else "declined"
    if row.status == wanted:
        return row
    if row.status != "proposed":
        raise SupplyNotOpen(supply_status=row.status)
    writing.locked(row.offer_id)
    if is_accepted:
        for before in _of_offers([row.offer_id], "accepted"):
            _end(before, caller.id)
    row.status, row.answered_by, row.answered_at = wanted, caller.id, now()
    db.session.flush()
    return row


def end(caller: Principal, supply_id: UUID) -> Supply:
    """Either side ends it for orders to come, in the current unit of work. Raises SupplyUnknown,
    SupplyNotOpen."""
    row = _locked(supply_id)
    if caller.merchant_id not in (row.merchant_id, row.supplier_id):
        raise SupplyUnknown()
    if row.status == "ended":
        return row
    if row.status not in ("proposed", "accepted"):
        raise SupplyNotOpen(supply_status=row.status)
    _end(row, caller.id)
    return row


def in_force(offer_ids: Collection[UUID]) -> dict[UUID, Supply]:
    """The accepted supply of each of these offers that has one."""
    return {row.offer_id: row for row in _of_offers(offer_ids, "accepted")}


def of(caller: Principal, before: UUID | None, limit: int) -> Sequence[Supply]:
    """What the caller's merchant sells or supplies under an agreement, the newest first."""
    mine = (Supply.merchant_id == caller.merchant_id) | (Supply.supplier_id == caller.merchant_id)
    statement = select(Supply).where(mine)
    if before is not None:
        statement = statement.where(Supply.id < before)
    return db.session.scalars(statement.order_by(Supply.id.desc()).limit(limit)).all()


def told(rows: Sequence[Supply]) -> list[dict[str, Any]]:
    """Agreements with what their offers and both sides are called, in the current unit of work."""
    offers = select(Offer.id, OfferVersion.title).join(
        OfferVersion,
        (OfferVersion.offer_id == Offer.id) & (OfferVersion.version == Offer.latest_version),
    )
    of_these = offers.where(Offer.id.in_({row.offer_id for row in rows}))
    titles = {found.id: found.title for found in db.session.execute(of_these)}
    sides = {each for row in rows for each in (row.merchant_id, row.supplier_id)}
    merchants = select(Merchant.id, Merchant.name).where(Merchant.id.in_(sides))
    names = {found.id: found.name for found in db.session.execute(merchants)}
    return [
        {column.name: getattr(row, column.name) for column in row.__table__.columns}
        | {
            "offer_title": titles[row.offer_id],
            "merchant_name": names[row.merchant_id],
            "supplier_name": names[row.supplier_id],
        }
        for row in rows
    ]


def payments(caller: Principal, before: UUID | None, limit: int) -> Sequence[SupplyPayment]:
    """What the caller's merchant was paid as a supplier, the newest first."""
    statement = select(SupplyPayment).where(SupplyPayment.supplier_id == caller.merchant_id)
    if before is not None:
        statement = statement.where(SupplyPayment.id < before)
    return db.session.scalars(statement.order_by(SupplyPayment.id.desc()).limit(limit)).all()


def supplied(caller: Principal, order_id: UUID) -> Order:
    """An order that the caller's merchant supplies, locked. Raises OrderUnknown."""
    row = steps.locked(order_id)
    if row.supplier_id is None or row.supplier_id != caller.merchant_id or not _may_ship(caller):
        raise OrderUnknown()
    return row


def to_supply(
    caller: Principal,
    status: str,
    after: UUID | None,
    before: UUID | None,
    limit: int,
    *,
    is_newest_first: bool,
) -> Sequence[Order]:
    """Orders that the caller's merchant supplies, the oldest first after one, or the newest first
    before one; none for who may not ship."""
    if not _may_ship(caller):
        return []
    statement = select(Order).where(Order.supplier_id == caller.merchant_id, Order.status == status)
    if after is not None:
        statement = statement.where(Order.id > after)
    if before is not None:
        statement = statement.where(Order.id < before)
    order = Order.id.desc() if is_newest_first else Order.id
    return db.session.scalars(statement.order_by(order).limit(limit)).all()


def paid_from(row: Order, journal: Journal, net_fen: int) -> Journal:
    """The sale's journal with the supplier's part taken from the seller's `net_fen`, written down
    in the current unit of work; the same journal where nobody supplies."""
    due_fen = sum(
        (line.supply_fen or 0) * (line.quantity - line.returned) for line in steps.lines(row)
    )
    if row.supplier_id is None or not due_fen:
        return journal
    paid_fen = min(due_fen, net_fen)
    made = SupplyPayment(
        bucket=bucket_of(row.merchant_id),
        id=new_id(bucket_of(row.merchant_id)),
        order_id=row.id,
        merchant_id=row.merchant_id,
        supplier_id=row.supplier_id,
        store_id=row.store_id,
        amount_fen=paid_fen,
        short_fen=due_fen - paid_fen,
        journal_id=journal.id,
        created_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    if not paid_fen:
        return journal
    mine = (row.merchant_id, Account.PENDING)
    others = [leg for leg in journal.legs if (leg.owner_id, leg.account) != mine]
    parts = [Leg(*mine, net_fen - paid_fen), Leg(row.supplier_id, Account.AVAILABLE, paid_fen)]
    legs = (*others, *(leg for leg in parts if leg.amount_fen))
    return replace(journal, legs=legs, fingerprint=b"")


def _may_ship(caller: Principal) -> bool:
    """What a merchant supplies is of none of its stores: owners ship it, and cashiers whose account
    names them all."""
    if caller.merchant_id is None:
        return False
    if "merchant_owner" in caller.roles:
        return True
    return set(catalogue.stores_of(caller.merchant_id)) <= caller.store_ids


def _end(row: Supply, by: UUID) -> None:
    row.status, row.ended_by, row.ended_at = "ended", by, now()
    db.session.flush()


def _of_offers(offer_ids: Collection[UUID], status: str) -> Sequence[Supply]:
    return db.session.scalars(
        select(Supply)
        .where(Supply.bucket.in_({bucket_of(each) for each in offer_ids}))
        .where(Supply.offer_id.in_(offer_ids), Supply.status == status)
        .execution_options(populate_existing=True)
    ).all()


def _locked(supply_id: UUID) -> Supply:
    key = (bucket_of(supply_id), supply_id)
    row = db.session.get(Supply, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise SupplyUnknown()
    return row
