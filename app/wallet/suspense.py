"""What people do with money in suspense: back to its payer, to its order, or to operations.

Each item ends once, by one step; from RECONCILIATION_FOUR_EYES_FEN on, with what one person has
closed alone on that day, two people must say the same. A refund goes through WeChat under a number
that never changes (WeChat fact D8).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import make_transient

from app.core import four_eyes, outbox
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.outbox import TryLater
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, identity_of, new_id, now, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import orders, signals
from app.wallet.errors import SuspenseNotAssignable, SuspenseResolved
from app.wallet.models import SuspenseItem, WeChatOrder
from app.wallet.reconciliation import alone
from app.wallet.reconciliation.models import SuspenseStep
from app.wallet.topups import top_up as topups
from app.wechat import client as wechat

log = structlog.get_logger()
REFUND = "wallet.suspense_refund"
REFUNDED, REFUSED = "refunded", "refund_refused"
UNKNOWN = frozenset({"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND"})
LOOK_AGAIN_SECONDS = 60
FOR_PEOPLE_SECONDS = 3600
REASON = "款项退回"
SECOND = "a second payment for an order that is paid"


class Way(StrEnum):
    """How an item ends."""

    REFUND = "refund"
    ORDER = "order"
    OPERATIONS = "operations"


def resolve(item_id: UUID, way: Way, reason: str, principal_id: UUID) -> SuspenseItem:
    """Ends an item, in the current unit of work, under its lock; a large one on the second call.

    A refund names WeChat's own number of the payment, so that it never pays back another one of
    the same order; it ends when WeChat says so. Raises NotFound, SuspenseResolved (also while a
    refund is under way), SecondPersonNeeded, SuspenseNotAssignable where its order cannot take it.
    """
    item = _locked(item_id)
    steps = steps_of(item)
    if item.resolved_at is not None or _under_way(steps) is not None:
        raise SuspenseResolved()
    if way is Way.ORDER:
        _order_of(item)
    if not _may_end(item, principal_id) and not _is_second(steps, way, principal_id):
        _step(item, way, reason, principal_id)
    elif way is Way.REFUND:
        step = _step(item, way, reason, principal_id, refund_id=new_id(item.bucket))
        outbox.emit(REFUND, {"item_id": str(item.id)}, bucket=item.bucket)
        log.info("suspense_refund_asked", refund=str(step.refund_id))
    elif way is Way.OPERATIONS:
        legs = (_out(item), Leg(PLATFORM_ID, Account.OPERATIONS, item.amount_fen))
        _end(item, way, reason, principal_id, legs)
    else:
        legs = (_out(item), Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, item.amount_fen))
        _end(item, way, reason, principal_id, legs)
        _credit(item)
    return item


def steps_of(item: SuspenseItem) -> list[SuspenseStep]:
    """Everything that was done about an item, in order, in the current unit of work."""
    mine = SuspenseStep.bucket == item.bucket, SuspenseStep.item_id == item.id
    return list(db.session.scalars(select(SuspenseStep).where(*mine).order_by(SuspenseStep.number)))


def refund(payload: dict[str, Any]) -> None:
    """Outbox reader: asks WeChat to refund an item, or how that stands; the same number always.

    Raises TryLater until WeChat says SUCCESS. A payment that it does not know is for people.
    """
    item_id = UUID(payload["item_id"])
    item, refund_id = in_transaction(lambda: _wanted(item_id))
    if refund_id is None:
        return
    try:
        status = wechat.refund(
            out_refund_no=number_of(refund_id),
            transaction_id=item.transaction_id,
            refund_fen=item.amount_fen,
            total_fen=item.amount_fen,
            reason=REASON,
        )
    except (wechat.WeChatUnavailable, wechat.OutcomeUnknown) as error:
        raise TryLater(LOOK_AGAIN_SECONDS) from error
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            code = refusal.wechat_code
            in_transaction(lambda: _refused(item_id, code))
            return
        log.error("suspense_refund_refused", item=str(item_id), reason=str(refusal))
        raise TryLater(FOR_PEOPLE_SECONDS) from refusal
    if status.state != "SUCCESS":
        is_stuck = status.state != "PROCESSING"
        raise TryLater(FOR_PEOPLE_SECONDS if is_stuck else LOOK_AGAIN_SECONDS)
    in_transaction(lambda: _refunded(item_id))


def return_second(payload: dict[str, Any]) -> None:
    """Outbox reader: a second payment for an order that is paid goes back by itself, once.

    From RECONCILIATION_FOUR_EYES_FEN on it waits for people like every other amount.
    """

    def work() -> None:
        item = _locked(UUID(payload["item_id"]))
        if item.amount_fen >= settings().reconciliation_four_eyes_fen:
            return
        if item.resolved_at is None and not steps_of(item):
            resolve(item.id, Way.REFUND, SECOND, SYSTEM_ID)

    in_transaction(work)


def _wanted(item_id: UUID) -> tuple[SuspenseItem, UUID | None]:
    item = _locked(item_id)
    number = _under_way(steps_of(item)) if item.resolved_at is None else None
    make_transient(item)
    return item, number


def _under_way(steps: list[SuspenseStep]) -> UUID | None:
    """The refund that WeChat is asked for, unless it does not know the payment at all."""
    numbers = [step.refund_id for step in steps if step.refund_id]
    return numbers[-1] if numbers and steps[-1].action != REFUSED else None


def _refused(item_id: UUID, code: str) -> None:
    """WeChat has no such payment, so it has paid nothing back: people choose another way."""
    item = _locked(item_id)
    if item.resolved_at is None and _under_way(steps_of(item)) is not None:
        _step(item, REFUSED, code, SYSTEM_ID)


def _refunded(item_id: UUID) -> None:
    item = _locked(item_id)
    if item.resolved_at is None:
        legs = (_out(item), Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, item.amount_fen))
        _end(item, REFUNDED, "WeChat has paid it back", SYSTEM_ID, legs)


def _locked(item_id: UUID) -> SuspenseItem:
    item = db.session.scalar(
        select(SuspenseItem)
        .where(SuspenseItem.bucket == bucket_of(item_id), SuspenseItem.id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if item is None:
        raise NotFound()
    return item


def _order_of(item: SuspenseItem) -> WeChatOrder:
    """The ended top-up that an item was paid for. A sale's purses and price are gone by then."""
    order = orders.lock(identity_of(item.number))
    if (
        order is None
        or order.purpose != topups.PURPOSE
        or order.state not in ("closed", "suspense")
        or order.amount_fen != item.amount_fen
    ):
        raise SuspenseNotAssignable()
    return order


def _credit(item: SuspenseItem) -> None:
    """The order takes the payment as if told of it in time; its fee is booked when reconciled."""
    order = _order_of(item)
    order.state, order.transaction_id = "paid", item.transaction_id
    order.finished_at, order.next_look_at = now(), None
    db.session.flush()
    signals.order_paid.send(order.purpose, order=order, transaction=None)


def _may_end(item: SuspenseItem, principal_id: UUID) -> bool:
    """Whether one person may end it; nobody counts what goes back by itself."""
    if principal_id == SYSTEM_ID:
        return item.amount_fen < settings().reconciliation_four_eyes_fen
    return alone.may_close(principal_id, item.amount_fen)


def _is_second(steps: list[SuspenseStep], way: Way, principal_id: UUID) -> bool:
    if not steps or steps[-1].action != way:
        return False
    four_eyes.require_other(principal_id, steps[-1].principal_id)
    return True


def _out(item: SuspenseItem) -> Leg:
    return Leg(PLATFORM_ID, Account.SUSPENSE, -item.amount_fen)


def _end(
    item: SuspenseItem, action: str, reason: str, principal_id: UUID, legs: tuple[Leg, ...]
) -> None:
    journal = Journal(
        id=new_id(item.bucket),
        kind=f"suspense_{action}",
        reference_id=item.id,
        principal_id=principal_id,
        key=f"suspense_end:{item.id}",
        legs=legs,
    )
    item.resolved_at = now()
    ledger.post([journal])
    _step(item, action, reason, principal_id, journal_id=journal.id)


def _step(
    item: SuspenseItem,
    action: str,
    reason: str,
    principal_id: UUID,
    *,
    journal_id: UUID | None = None,
    refund_id: UUID | None = None,
) -> SuspenseStep:
    step = SuspenseStep(
        bucket=item.bucket,
        item_id=item.id,
        number=len(steps_of(item)),
        action=action,
        principal_id=principal_id,
        reason=reason,
        journal_id=journal_id,
        refund_id=refund_id,
        at=now(),
    )
    db.session.add(step)
    db.session.flush()
    return step
