"""Top-ups: a member pays through WeChat into prepaid money that a store has issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError

from app.core import outbox
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction
from app.core.errors import NotFound
from app.core.idempotency import IdempotencyKeyReused, request_key
from app.core.world import bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import order_calls, orders
from app.wallet.errors import AmountOutOfRange
from app.wallet.models import Lot, TopUp, WeChatOrder
from app.wallet.orders import Browser
from app.wallet.purses import takings_legs
from app.wallet.topups import bonuses, limits
from app.wallet.topups.bonuses import Promise

PURPOSE = "top_up"
CREDITED = "top_up.credited"
DESCRIPTION = "联惠充值"


@dataclass(frozen=True, slots=True)
class StartedTopUp:
    """A top-up as its member sees it. `wechat_pay_parameters` only while it waits for payment.

    `status`: waiting, credited, closed, or suspense (paid in a way that people look into).
    `bonus_status` under a plan: promised, granted, or released (it came to no bonus).
    """

    id: UUID
    order_id: UUID
    store_id: UUID
    amount_fen: int
    status: str
    journal_id: UUID | None
    created_at: datetime
    expires_at: datetime
    credited_at: datetime | None
    plan_id: UUID | None = None
    bonus_fen: int = 0
    bonus_status: str | None = None
    wechat_pay_parameters: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CreditedTopUp:
    """A top-up that was paid: the lot it became, whose it is, and how much (fen, UTC)."""

    top_up_id: UUID
    member_id: UUID
    store_id: UUID
    lot_id: UUID
    amount_fen: int
    credited_at: datetime


def start_top_up(
    member_id: UUID,
    store_id: UUID,
    amount_fen: int,
    trade_type: str = "jsapi",
    *,
    key: str | None = None,
    browser: Browser | None = None,
    promise: Promise | None = None,
    app_id: str | None = None,
) -> StartedTopUp:
    """Starts a top-up at a store, or goes on with the one started under the same key.

    `key` is the request's Idempotency-Key by default, `browser` the payer's for h5, `promise` the
    plan whose bonus is reserved with it (raises what that raises, and InsufficientFunds), `app_id`
    the app of ours in which jsapi pays (the mini-program by default). Top-up
    and order are committed first; then WeChat is asked, always with the same number. Not within a
    unit of work. Raises AmountOutOfRange, PrepaidLimitReached, IdempotencyKeyReused,
    NoWeChatAccount and, when WeChat is away, WeChatUnavailable (503): the same key then continues.
    """
    check_top_up(amount_fen)
    chosen = key or request_key()
    wish = _Wish(member_id, store_id, amount_fen, trade_type, chosen, browser, promise, app_id)
    top_up_id = in_transaction(lambda: _started(wish))
    return continue_top_up(top_up_id)


def check_top_up(amount_fen: int) -> None:
    """Raises AmountOutOfRange where nobody may top up so much (fen), or so little."""
    low, high = settings().top_up_minimum_fen, settings().top_up_maximum_fen
    if not low <= amount_fen <= high:
        raise AmountOutOfRange(minimum_fen=low, maximum_fen=high)


def continue_top_up(top_up_id: UUID) -> StartedTopUp:
    """A top-up, with what the phone needs to pay it if it still waits. Raises as above."""
    started = in_transaction(lambda: top_up(top_up_id))
    if started.status != "waiting":
        return started
    parameters = order_calls.prepay(started.order_id)
    return replace(started, wechat_pay_parameters=parameters)


@dataclass(frozen=True, slots=True)
class _Wish:
    member_id: UUID
    store_id: UUID
    amount_fen: int
    trade_type: str
    key: str
    browser: Browser | None = None
    promise: Promise | None = None
    app_id: str | None = None


def _started(wish: _Wish) -> UUID:
    known = db.session.scalar(
        select(TopUp).where(
            TopUp.bucket == bucket_of(wish.member_id),
            TopUp.member_id == wish.member_id,
            TopUp.request_key == wish.key,
        )
    )
    if known is None:
        return _new(wish)
    order = orders.find(known.order_id)
    paid_in = wish.app_id or settings().wechat_mini_app_id
    wanted = (wish.store_id, wish.amount_fen, wish.trade_type, paid_in)
    plan_id = wish.promise.plan_id if wish.promise else None
    standing = (known.store_id, known.amount_fen, order.trade_type, order.app_id)
    if (standing, known.plan_id) != (wanted, plan_id):
        raise IdempotencyKeyReused()
    return known.id


def _new(wish: _Wish) -> UUID:
    bucket = bucket_of(wish.member_id)
    top_up_id = new_id(bucket)
    subject = (top_up_id, wish.member_id, wish.amount_fen, wish.trade_type)
    order = orders.new_order(PURPOSE, *subject, DESCRIPTION, wish.browser, app_id=wish.app_id)
    row = TopUp(
        bucket=bucket,
        id=top_up_id,
        member_id=wish.member_id,
        store_id=wish.store_id,
        amount_fen=wish.amount_fen,
        order_id=order.id,
        request_key=wish.key,
        created_at=now(),
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # the same request came twice at once
        raise TryAgain() from error
    if wish.promise is not None:
        bonuses.reserve(row, wish.promise)
    limits.check(wish.member_id, wish.store_id)
    return top_up_id


def top_up(top_up_id: UUID) -> StartedTopUp:
    """A top-up as it stands, in the current unit of work. Raises NotFound."""
    row = db.session.get(TopUp, (bucket_of(top_up_id), top_up_id))
    if row is None:
        raise NotFound()
    order = orders.find(row.order_id)
    status = {"open": "waiting", "paid": "credited"}.get(order.state, order.state)
    return StartedTopUp(
        id=row.id,
        order_id=row.order_id,
        store_id=row.store_id,
        amount_fen=row.amount_fen,
        status=status,
        journal_id=row.journal_id,
        created_at=row.created_at,
        expires_at=order.expires_at,
        credited_at=row.credited_at,
        plan_id=row.plan_id,
        bonus_fen=row.bonus_fen,
        bonus_status=row.bonus_state,
    )


def ids_of(member_ids: Sequence[UUID], before: UUID | None, limit: int) -> list[UUID]:
    """The top-ups of these members that were credited, the newest first, in the current unit of
    work; `before` is the last of the page before. Raises NotFound for a `before` of others."""
    mine = tuple_(TopUp.bucket, TopUp.member_id).in_([(bucket_of(x), x) for x in member_ids])
    credited = select(TopUp.id, TopUp.credited_at).where(mine, TopUp.credited_at.is_not(None))
    if before is not None:
        seen = db.session.get(TopUp, (bucket_of(before), before))
        if seen is None or seen.credited_at is None or seen.member_id not in member_ids:
            raise NotFound()
        last = (seen.credited_at, seen.id)
        credited = credited.where(tuple_(TopUp.credited_at, TopUp.id) < last)
    newest = credited.order_by(TopUp.credited_at.desc(), TopUp.id.desc()).limit(limit)
    return [row.id for row in db.session.execute(newest)]


def credited_top_up(top_up_id: UUID) -> CreditedTopUp | None:
    """A top-up and its lot, in the current unit of work; None while it is not paid."""
    bucket = bucket_of(top_up_id)
    row = db.session.get(TopUp, (bucket, top_up_id))
    if row is None or row.credited_at is None:
        return None
    found = select(Lot.id).where(Lot.bucket == bucket, Lot.journal_id == row.journal_id)
    lot_id = db.session.scalars(found.where(Lot.account == Account.PREPAID_PRINCIPAL)).one()
    return CreditedTopUp(
        row.id, row.member_id, row.store_id, lot_id, row.amount_fen, row.credited_at
    )


def owner_of(top_up_id: UUID) -> UUID | None:
    """The member whose top-up this is, in the current unit of work."""
    row = db.session.get(TopUp, (bucket_of(top_up_id), top_up_id))
    return row.member_id if row else None


def credit(purpose: str, *, order: WeChatOrder, **_: Any) -> None:
    """Receiver of `order_paid` for top-ups: a new lot of the issuing store."""
    row = db.session.get(TopUp, (order.bucket, order.subject_id))
    if row is None:
        raise LookupError(f"order {order.id} belongs to no top-up")
    lot_id = new_id(order.bucket)
    bonus = bonuses.credit_legs(row)
    journal = Journal(
        id=new_id(order.bucket),
        kind=PURPOSE,
        reference_id=row.id,
        principal_id=row.member_id,
        key=f"top_up:{row.id}",
        legs=(
            *takings_legs(order.amount_fen),
            Leg(row.member_id, Account.PREPAID_PRINCIPAL, order.amount_fen, lot_id),
            *bonus,
        ),
    )
    row.journal_id, row.credited_at = journal.id, now()
    db.session.add_all([_lot(lot_id, row), *([bonuses.lot(row)] if bonus else [])])
    ledger.post([journal])
    outbox.emit(CREDITED, {"top_up_id": str(row.id)}, bucket=row.bucket)


def _lot(lot_id: UUID, row: TopUp) -> Lot:
    return Lot(
        bucket=row.bucket,
        id=lot_id,
        owner_id=row.member_id,
        account=Account.PREPAID_PRINCIPAL,
        store_id=row.store_id,
        journal_id=row.journal_id,
        issued_at=row.credited_at,
    )
