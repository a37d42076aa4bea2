"""Sales and purses of a merchant, read for its own staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from app.alliance import catalogue, sales
from app.alliance.access import is_platform
from app.alliance.errors import MerchantUnknown, StoreUnknown
from app.alliance.models import Merchant, Refund, Sale, Store
from app.core.auth import Principal
from app.core.db import db
from app.core.errors import InvalidRequest
from app.core.world import bucket_of, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account
from app.qr import service as qr

Fields = dict[str, Any]
PURSES = (
    Account.PENDING,
    Account.EXPERIENCE_PENDING,
    Account.AVAILABLE,
    Account.WITHDRAWING,
    Account.DEPOSIT,
    Account.OFFER_BUDGET,
    Account.REBATE,
    Account.CLAWBACK_DUE,
)
SUMS = ("amount_fen", "concession_fen", "discount_fen", "experience_fen", "wechat_fen")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payments: of one store, of one business day, refunded (in part) or not; from a cursor
    on. None: all."""

    store_id: UUID | None = None
    day: date | None = None
    is_refunded: bool | None = None
    cursor: str | None = None


def stores_of(caller: Principal) -> list[Store]:
    """The caller's stores by name, in the current unit of work: an owner's merchant's, else those
    that a cashier is named for."""
    if caller.merchant_id is None:
        return []
    mine = [Store.bucket == bucket_of(caller.merchant_id), Store.merchant_id == caller.merchant_id]
    if "merchant_owner" not in caller.roles:
        mine.append(Store.id.in_(caller.store_ids))
    return list(db.session.scalars(select(Store).where(*mine).order_by(Store.name, Store.id)))


def managed_stores(caller: Principal) -> Fields:
    """The caller's merchant and stores, each with the scene token of its code."""
    names = ("id", "name", "address", "category", "telephone", "latitude", "longitude")
    stores = [
        {name: getattr(row, name) for name in names} | {"scene": qr.token_of(qr.Kind.STORE, row.id)}
        for row in stores_of(caller)
    ]
    merchant = None
    if caller.merchant_id is not None:
        row = catalogue.merchant(caller.merchant_id)
        merchant = {"id": row.id, "name": row.name}
    return {"merchant": merchant, "stores": stores}


def payments(caller: Principal, wanted: Wanted, limit: int) -> Fields:
    """A page of paid sales of the caller's stores, newest first, and the cursor of the next one.

    Raises StoreUnknown for another's store, InvalidRequest for a cursor that is not ours.
    """
    stores = _chosen(caller, wanted.store_id)
    conditions = [*_of(caller, stores), Sale.paid_at.is_not(None), *_narrowed(wanted)]
    order = (Sale.paid_at.desc(), Sale.id.desc())
    statement = select(Sale).where(*conditions).order_by(*order).limit(limit + 1)
    rows = list(db.session.scalars(statement))
    more = len(rows) > limit
    shown = [_shown(row, stores) for row in rows[:limit]]
    last = rows[limit - 1] if more else None
    cursor = f"{last.paid_at.isoformat()}~{last.id}" if last and last.paid_at else None
    return {"payments": shown, "next": cursor}


def takings(caller: Principal, day: date, store_id: UUID | None) -> Fields:
    """What a business day brought to each of the caller's stores, and what went back on it.

    Raises StoreUnknown for another's store.
    """
    stores = _chosen(caller, store_id)
    begins, ends = _span(day)
    sums = [func.coalesce(func.sum(getattr(Sale, name)), 0) for name in SUMS]
    counted = (
        select(Sale.store_id, func.count(), *sums)
        .where(*_of(caller, stores), Sale.paid_at >= begins, Sale.paid_at < ends)
        .group_by(Sale.store_id)
    )
    back = (
        select(Sale.store_id, func.count(), func.coalesce(func.sum(Refund.amount_fen), 0))
        .join(Sale, (Sale.bucket == Refund.bucket) & (Sale.id == Refund.sale_id))
        .where(Refund.merchant_id == caller.merchant_id, *_of(caller, stores))
        .where(Refund.done_at >= begins, Refund.done_at < ends)
        .group_by(Sale.store_id)
    )
    sold = {row[0]: row[1:] for row in db.session.execute(counted)}
    refunded = {row[0]: row[1:] for row in db.session.execute(back)}
    of_stores = [
        {
            "store_id": row.id,
            "store_name": row.name,
            **_sums(sold.get(row.id), refunded.get(row.id)),
        }
        for row in stores.values()
    ]
    return {"day": day, "stores": of_stores}


def balances(caller: Principal, merchant_id: UUID) -> Fields:
    """What a merchant's purses hold now, in fen. Raises MerchantUnknown for another's."""
    if not is_platform(caller) and caller.merchant_id != merchant_id:
        raise MerchantUnknown()
    if db.session.get(Merchant, (bucket_of(merchant_id), merchant_id)) is None:
        raise MerchantUnknown()
    found = ledger.balances(merchant_id, with_unfolded=True)
    held = {f"{each.label}_fen": found[each].balance_fen if each in found else 0 for each in PURSES}
    return {"merchant_id": merchant_id} | held


def _chosen(caller: Principal, store_id: UUID | None) -> dict[UUID, Store]:
    stores = {row.id: row for row in stores_of(caller)}
    if store_id is None:
        return stores
    if store_id not in stores:
        raise StoreUnknown()
    return {store_id: stores[store_id]}


def _of(caller: Principal, stores: dict[UUID, Store]) -> list[ColumnElement[bool]]:
    return [Sale.merchant_id == caller.merchant_id, Sale.store_id.in_(stores)]


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.day is not None:
        begins, ends = _span(wanted.day)
        found += [Sale.paid_at >= begins, Sale.paid_at < ends]
    if wanted.is_refunded is not None:
        found.append(Sale.refunded_fen > 0 if wanted.is_refunded else Sale.refunded_fen == 0)
    if wanted.cursor is not None:
        found.append(tuple_(Sale.paid_at, Sale.id) < tuple_(*_position(wanted.cursor)))
    return found


def _position(written: str) -> tuple[Any, Any]:
    moment, _, identity = written.partition("~")
    try:
        found = datetime.fromisoformat(moment), UUID(identity)
    except ValueError as error:
        raise InvalidRequest("the cursor is not one of ours") from error
    if found[0].tzinfo is None:
        raise InvalidRequest("the cursor is not one of ours")
    return found


def _span(day: date) -> tuple[datetime, datetime]:
    begins = start_of_beijing_day(day)
    return begins, begins + timedelta(days=1)


def _shown(row: Sale, stores: dict[UUID, Store]) -> Fields:
    body = sales.view(sales.values_of(row))
    return body | {
        "store_name": stores[row.store_id].name,
        "concession_fen": row.concession_fen,
        "is_merchants_purchase": row.is_merchants_purchase,
    }


def _sums(sold: Any, refunded: Any) -> Fields:
    counted = dict(zip(("sale_count", *SUMS), sold or [0] * (len(SUMS) + 1), strict=True))
    back = dict(zip(("refund_count", "refunded_fen"), refunded or (0, 0), strict=True))
    share = counted["amount_fen"] - counted["concession_fen"]
    return {name: int(value) for name, value in (counted | back | {"share_fen": share}).items()}
