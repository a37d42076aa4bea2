"""Splits of shared payments: each a row first, asked of WeChat under its own number, ended once.

Whatever goes wrong with a call, the next thing done is a query of that number. While a refund of
the payment is under way at WeChat no split of it begins, and the other way round: both take from
the same frozen money, and what each took must be known (`frozen.py`). The order is locked before
the split.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.core import four_eyes, outbox
from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import orders, signals
from app.wallet.custody import MUST_SPLIT
from app.wallet.errors import NothingToSplit, SplitNotDecidable
from app.wallet.models import WeChatOrder
from app.wallet.profit_sharing import frozen, rules
from app.wallet.profit_sharing.models import Split
from app.wallet.profit_sharing.rules import FINAL, Remedy, SplitState

log = structlog.get_logger()
LOOK = "wallet.split_look"


def request_split(
    order_id: UUID,
    owner_id: UUID,
    amount_fen: int,
    *,
    account: str | None = None,
    member_id: UUID | None = None,
    ratio_bp: int,
    subject_id: UUID | None,
    description: str,
    attempt: int = 1,
) -> Split:
    """Holds `amount_fen` of the owner's `available` (→ `withdrawing`) and asks for a split of a
    paid shared order, to a merchant number or to a member; in the current unit of work.

    Locks the order. Raises NothingToSplit where less may be split, InsufficientFunds.
    """
    order = orders.lock(order_id)
    if order is None or order.state != "paid":
        raise NothingToSplit(splittable_fen=0)
    possible = frozen.splittable_fen(order, ratio_bp)
    if amount_fen > possible:
        raise NothingToSplit(splittable_fen=possible)
    row = _new(order, "split", amount_fen, description)
    row.owner_id, row.subject_id, row.attempt = owner_id, subject_id, attempt
    row.receiver_account, row.receiver_member_id = account, member_id
    row.journal_id = new_id(order.bucket)
    db.session.add(row)
    db.session.flush()
    _ask(row)
    ledger.post([_hold(row)])
    return row


def possible_split_fen(order_id: UUID, ratio_bp: int) -> int:
    """What may still be split of an order, in fen; locks it until the current unit ends."""
    order = orders.lock(order_id)
    return frozen.splittable_fen(order, ratio_bp) if order else 0


def request_release(order_id: UUID) -> Split | None:
    """Asks for what is left of a shared order to be given free, once; None where nothing is to be
    done. In the current unit of work; locks the order."""
    order = orders.lock(order_id)
    if order is None or not order.is_shared or order.released_at is not None:
        return None
    mine = (Split.bucket == order.bucket, Split.order_id == order.id)
    is_asked = select(Split.id).where(
        *mine, Split.kind == "release", Split.state != SplitState.FAILED
    )
    if order.transaction_id is None or db.session.scalar(is_asked) is not None:
        return None
    row = _new(order, "release", 0, "解冻剩余资金")
    db.session.add(row)
    db.session.flush()
    _ask(row)
    return row


def _new(order: WeChatOrder, kind: str, amount_fen: int, description: str) -> Split:
    moment = now()
    return Split(
        bucket=order.bucket,
        id=new_id(order.bucket),
        order_id=order.id,
        kind=kind,
        amount_fen=amount_fen,
        description=description,
        state=SplitState.WAITING,
        attempt=1,
        looks=0,
        created_at=moment,
        next_look_at=max(moment, (order.finished_at or moment) + rules.WAIT_AFTER_PAYMENT),
    )


def _ask(row: Split) -> None:
    payload = {"split_id": str(row.id)}
    outbox.emit(LOOK, payload, bucket=row.bucket, due_at=row.next_look_at)
    if row.next_look_at is not None:
        row.next_look_at += timedelta(seconds=60)  # the timetable's, where the letter was lost


def _hold(row: Split) -> Journal:
    assert row.owner_id is not None
    assert row.journal_id is not None
    return Journal(
        id=row.journal_id,
        kind="split_held",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"split:{row.id}",
        legs=(
            Leg(row.owner_id, Account.AVAILABLE, -row.amount_fen),
            Leg(row.owner_id, Account.WITHDRAWING, row.amount_fen),
        ),
    )


def locked(split_id: UUID) -> tuple[Split, WeChatOrder]:
    """A split and its order, both locked, the order first. Raises NotFound."""
    found = db.session.get(Split, (bucket_of(split_id), split_id))
    order = orders.lock(found.order_id) if found else None
    if found is None or order is None:
        raise NotFound()
    db.session.refresh(found, with_for_update=True)
    return found, order


def note_paid(row: Split) -> None:
    """Ends a locked split that its receiver got: the money has left `wechat_frozen`."""
    assert row.owner_id is not None
    legs = (
        Leg(row.owner_id, Account.WITHDRAWING, -row.amount_fen),
        Leg(PLATFORM_ID, Account.WECHAT_FROZEN, row.amount_fen),
    )
    _end(row, SplitState.DONE, legs)


def note_failed(row: Split, reason: str) -> None:
    """A receiver did not get its part. What people must decide stays held; the rest goes back to
    `available`, and the room above decides what follows (`split_ended`)."""
    row.fail_reason = reason
    must_split = settings().custody in MUST_SPLIT
    if rules.remedy(reason, row.attempt, must_split=must_split) is Remedy.PEOPLE:
        log.error("split_in_trouble", split=str(row.id), reason=reason)
        row.state, row.next_look_at = SplitState.TROUBLED, None
        return
    _give_back(row)


def _give_back(row: Split) -> None:
    assert row.owner_id is not None
    legs = (
        Leg(row.owner_id, Account.WITHDRAWING, -row.amount_fen),
        Leg(row.owner_id, Account.AVAILABLE, row.amount_fen),
    )
    _end(row, SplitState.FAILED, legs)


def note_released(row: Split, order: WeChatOrder, *, is_automatic: bool) -> None:
    """Ends a locked release: what was left frozen is at hand again."""
    left = frozen.left_fen(order)
    row.amount_fen, row.is_automatic = left, is_automatic
    order.released_at = now()
    legs = (
        Leg(PLATFORM_ID, Account.WECHAT_FROZEN, left),
        Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -left),
    )
    _end(row, SplitState.DONE, legs if left else ())


def _end(row: Split, state: SplitState, legs: tuple[Leg, ...]) -> None:
    """Both ends share one key, so that the ledger itself refuses a second, different end."""
    row.state, row.finished_at, row.next_look_at, row.last_error = state, now(), None, None
    if legs:
        row.end_journal_id = new_id(row.bucket)
    db.session.flush()
    if row.end_journal_id is not None and legs:
        journal = Journal(
            id=row.end_journal_id,
            kind=f"{row.kind}_{state}",
            reference_id=row.id,
            principal_id=row.decided_by or SYSTEM_ID,
            key=f"split_end:{row.id}",
            legs=legs,
        )
        ledger.post([journal])
    signals.split_ended.send(row.kind, split=row)


def decide(split_id: UUID, decision: str, staff_id: UUID, reason: str) -> Split:
    """What two people do about a split in trouble: `retry` it under a new number, or `give_up`; the
    money goes back to `available` either way first. In the current unit of work.

    The receiver may have been paid for all we know: so the first only proposes, and another one who
    says the same carries it out; a differing word replaces the first. Raises NotFound,
    SplitNotDecidable, SecondPersonNeeded.
    """
    row, _ = locked(split_id)
    if row.state != SplitState.TROUBLED or row.kind != "split":
        raise SplitNotDecidable(split_status=row.state)
    is_second = row.decision is not None and row.decision.startswith(f"{decision}: ")
    if is_second:
        four_eyes.require_other(staff_id, row.proposed_by)
    row.decision = f"{decision}: {reason}"
    if is_second:
        row.decided_by = staff_id
        _give_back(row)
    else:
        row.proposed_by = staff_id
    return row


def is_retry(row: Split) -> bool:
    """Whether a failed split is to be asked for again: people said so, or its reason does."""
    if row.decision is not None:
        return row.decision.startswith("retry: ")
    found = rules.remedy(row.fail_reason or "", row.attempt)
    return found in (Remedy.RETRY, Remedy.REGISTER)


def is_over(row: Split) -> bool:
    """Whether nothing more is asked or told of it."""
    return row.state in FINAL or row.state == SplitState.TROUBLED


def splits_of(order_id: UUID) -> list[Split]:
    """All splits and releases of an order, oldest first, in the current unit of work."""
    mine = (Split.bucket == bucket_of(order_id), Split.order_id == order_id)
    return list(db.session.scalars(select(Split).where(*mine).order_by(Split.id)))
