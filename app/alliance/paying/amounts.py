"""Codes that a member scans to pay: a store's own, or one for an amount that the merchant fixed.

A code is a signed scene token like every other, read by the same doors; the amount stands in a
row that never changes, so that nobody can pay less by writing another token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select

from app.alliance import catalogue, payments, sales
from app.alliance.access import is_theirs
from app.alliance.errors import StoreUnknown
from app.alliance.paying import confirming
from app.alliance.paying.errors import (
    AmountCodeOver,
    AmountCodeUnknown,
    AmountCodeUsed,
    AmountDiffers,
    NotAPaymentCode,
)
from app.alliance.paying.models import AmountCode, AmountCodeUse
from app.core import idempotency
from app.core.auth import Principal
from app.core.db import db, in_transaction
from app.core.errors import InvalidRequest
from app.core.units import money
from app.core.world import bucket_of, new_id, now
from app.qr import service as qr
from app.qr.service import Kind, UnknownScene
from app.wallet.service import Browser, Purse

Fields = dict[str, Any]
PAGE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to pay by a scanned code, and how."""

    member_id: UUID
    token: str
    store_id: UUID | None
    amount_fen: int | None
    purses: frozenset[Purse]
    trade_type: str
    browser: Browser | None
    app_id: str | None = None


def issue(
    caller: Principal,
    store_id: UUID,
    amount_fen: int,
    *,
    description: str | None,
    is_single: bool,
    valid_for: timedelta | None,
) -> Fields:
    """A new code of the caller's store for an amount (fen), in the current unit of work.

    Raises StoreUnknown unless it is the caller's store.
    """
    store = catalogue.store(store_id)
    if not is_theirs(caller, store.merchant_id, store_id):
        raise StoreUnknown()
    moment = now()
    row = AmountCode(
        bucket=bucket_of(store_id),
        id=new_id(bucket_of(store_id)),
        store_id=store_id,
        merchant_id=store.merchant_id,
        amount_fen=amount_fen,
        description=description,
        is_single=is_single,
        issued_by=caller.id,
        created_at=moment,
        expires_at=moment + valid_for if valid_for else None,
    )
    db.session.add(row)
    if not is_single:  # hangs on a wall: it stays good when SECRET_KEY changes
        qr.issue(Kind.AMOUNT, row.id, issued_by=caller.id)
    db.session.flush()
    return view(row)


def end(caller: Principal, code_id: UUID) -> Fields:
    """Ends a code of the caller's store, in the current unit of work; the second time is fine.

    Raises AmountCodeUnknown.
    """
    row = _locked(code_id)
    if row is None or not is_theirs(caller, row.merchant_id, row.store_id):
        raise AmountCodeUnknown()
    row.ended_at = row.ended_at or now()
    db.session.flush()
    return view(row)


def look(caller: Principal, code_id: UUID) -> Fields:
    """A code of the caller's store, in the current unit of work. Raises AmountCodeUnknown."""
    row = db.session.get(AmountCode, (bucket_of(code_id), code_id))
    if row is None or not is_theirs(caller, row.merchant_id, row.store_id):
        raise AmountCodeUnknown()
    return view(row)


def of_store(caller: Principal, store_id: UUID, after: UUID | None) -> list[Fields]:
    """A page of the codes of the caller's store, in the order of their issue, in the current unit
    of work. Raises StoreUnknown."""
    if not is_theirs(caller, catalogue.store(store_id).merchant_id, store_id):
        raise StoreUnknown()
    rows = db.session.scalars(
        select(AmountCode)
        .where(AmountCode.bucket == bucket_of(store_id), AmountCode.store_id == store_id)
        .where(AmountCode.id > (after or UUID(int=0)))
        .order_by(AmountCode.id)
        .limit(PAGE)
    )
    return [view(row) for row in rows]


def read(token: str) -> Fields:
    """What paying by a scanned code comes to, in the current unit of work.

    Raises UnknownScene, NotAPaymentCode, AmountCodeUsed, AmountCodeOver, StoreUnknown.
    """
    scene = qr.scanned(token)
    if scene.kind is Kind.STORE:
        store = catalogue.store(scene.subject_id)
        return _told(store.id, store.name, None)
    row = _found(scene)
    _must_be_open(row)
    return _told(row.store_id, catalogue.store(row.store_id).name, row)


def pay(wish: Wish) -> Response:
    """Pays by a scanned code. The same request twice pays once.

    Raises what `read`, `confirming.require` and `payments.pay` raise, and AmountDiffers where
    another amount or store is named than the code's. Refusals change nothing.
    """
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    scene = qr.scanned(wish.token)
    if scene.kind is Kind.STORE:
        return _pay_at_store(wish, scene.subject_id)
    amount_fen = in_transaction(lambda: _found(scene).amount_fen)  # never changes
    confirming.require(wish.member_id, amount_fen, wish.purses)

    def work() -> tuple[int, Fields]:
        row = _locked(_found(scene).id)
        if row is None:
            raise UnknownScene()
        _must_be_open(row)
        _must_fit(wish, row.store_id, row.amount_fen)
        wanted = sales.order(wish.member_id, row.store_id, row.amount_fen, wish.purses)
        status, body = payments.open_sale(wanted, wish.trade_type, wish.browser, app_id=wish.app_id)
        _use(row, UUID(body["id"]))
        return status, body

    return payments.with_parameters(idempotency.execute(work))


def give_back(sender: str, *, order: Any, **_: Any) -> None:
    """Receiver of the wallet's `order_closed`, inside its unit: a code for one payment is free
    again when its payment ended unpaid."""
    sale_id: UUID = order.subject_id
    use = db.session.get(AmountCodeUse, (bucket_of(sale_id), sale_id))
    row = _locked(use.code_id) if use else None
    if row is not None and row.sale_id == sale_id:
        row.sale_id = None


def store_of(code_id: UUID) -> UUID | None:
    """Whose store's code it is, in the current unit of work."""
    row = db.session.get(AmountCode, (bucket_of(code_id), code_id))
    return row.store_id if row else None


def caption_of(code_id: UUID) -> tuple[str, str] | None:
    """What stands beside a code in print: the store, and the amount in yuan."""
    row = db.session.get(AmountCode, (bucket_of(code_id), code_id))
    if row is None:
        return None
    line = money(row.amount_fen)
    return catalogue.store(row.store_id).name, f"{line} {row.description or ''}".strip()


def description_of(sale_id: UUID) -> str | None:
    """What the merchant wrote on the code that a sale was paid by, in the current unit of work."""
    use = db.session.get(AmountCodeUse, (bucket_of(sale_id), sale_id))
    row = db.session.get(AmountCode, (bucket_of(use.code_id), use.code_id)) if use else None
    return row.description if row else None


def view(row: AmountCode) -> Fields:
    """A code as the store's staff see it."""
    return {
        "id": row.id,
        "token": qr.token_of(Kind.AMOUNT, row.id),
        "store_id": row.store_id,
        "amount_fen": row.amount_fen,
        "description": row.description,
        "is_single": row.is_single,
        "status": _status(row),
        "payment_id": row.sale_id,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }


def _pay_at_store(wish: Wish, store_id: UUID) -> Response:
    _must_fit(wish, store_id, wish.amount_fen)
    if wish.amount_fen is None:
        raise InvalidRequest("a store's code needs amount_fen")
    wanted = (wish.member_id, store_id, wish.amount_fen, wish.purses)
    return payments.pay(*wanted, wish.trade_type, wish.browser, app_id=wish.app_id)


def _must_fit(wish: Wish, store_id: UUID, amount_fen: int | None) -> None:
    if wish.store_id not in (None, store_id) or wish.amount_fen not in (None, amount_fen):
        raise AmountDiffers()


def _use(row: AmountCode, sale_id: UUID) -> None:
    use = AmountCodeUse(
        bucket=bucket_of(sale_id), sale_id=sale_id, code_id=row.id, created_at=now()
    )
    db.session.add(use)
    if row.is_single:
        row.sale_id = sale_id
    db.session.flush()


def _found(scene: qr.Scene) -> AmountCode:
    if scene.kind is not Kind.AMOUNT:
        raise NotAPaymentCode()
    row = db.session.get(AmountCode, (bucket_of(scene.subject_id), scene.subject_id))
    if row is None:
        raise UnknownScene()
    return row


def _must_be_open(row: AmountCode) -> None:
    status = _status(row)
    if status == "used":
        raise AmountCodeUsed()
    if status != "open":
        raise AmountCodeOver()


def _status(row: AmountCode) -> str:
    if row.sale_id is not None:
        return "used"
    if row.ended_at is not None:
        return "ended"
    return "over" if _is_over(row.expires_at) else "open"


def _is_over(moment: datetime | None) -> bool:
    return moment is not None and moment <= now()


def _told(store_id: UUID, store_name: str, row: AmountCode | None) -> Fields:
    return {
        "store_id": store_id,
        "store_name": store_name,
        "amount_fen": row.amount_fen if row else None,
        "description": row.description if row else None,
        "expires_at": row.expires_at if row else None,
    }


def _locked(code_id: UUID) -> AmountCode | None:
    key = (bucket_of(code_id), code_id)
    return db.session.get(AmountCode, key, with_for_update=True, populate_existing=True)
