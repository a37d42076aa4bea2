"""How much may be withdrawn in a day, and how much of it without a reviewer. Days are Beijing's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import beijing_day, bucket_of, start_of_beijing_day
from app.members import service as members
from app.wallet.errors import WithdrawalLimitReached
from app.wallet.models import Withdrawal
from app.wallet.withdrawals.payees import OwnerKind, Payee
from app.wallet.withdrawals.rules import WithdrawalState

GIVEN_BACK = (WithdrawalState.RETURNED, WithdrawalState.REJECTED, WithdrawalState.CANCELLED)


def maximum_fen(kind: OwnerKind) -> int:
    """The most that may be withdrawn at once."""
    if kind is OwnerKind.MERCHANT:
        return settings().merchant_withdrawal_maximum_fen
    return settings().withdrawal_maximum_fen


def check(payee: Payee, amount_fen: int, moment: datetime) -> None:
    """Whether this owner may withdraw this much more today; `moment` is UTC.

    Holds the turns of owner and receiver until the unit of work ends: whoever asks at the same
    time counts this one too. Every request counts, money that came back does not; what accounts
    merged into a member's asked for counts as theirs. Raises WithdrawalLimitReached.
    """
    _take_turns({payee.owner_id, payee.member_id or payee.owner_id})
    begin = _begin_of_day(moment)
    count, sum_fen = db.session.execute(
        select(
            func.count(),
            func.coalesce(
                func.sum(Withdrawal.amount_fen).filter(Withdrawal.state.not_in(GIVEN_BACK)), 0
            ),
        ).where(is_owned_by(owners_of(payee)), Withdrawal.created_at >= begin)
    ).one()
    resets_at = (begin + timedelta(days=1)).isoformat()
    if count >= settings().withdrawal_daily_count:
        raise WithdrawalLimitReached(limit="count", resets_at=resets_at)
    left_fen = max(_daily_limit_fen(payee.kind) - int(sum_fen), 0)
    if amount_fen > left_fen:
        raise WithdrawalLimitReached(limit="amount", left_fen=left_fen, resets_at=resets_at)


def owners_of(payee: Payee) -> list[UUID]:
    """The owner, and who was merged into them."""
    if payee.kind is OwnerKind.MEMBER:
        return members.everyone_of(payee.owner_id)
    return [payee.owner_id]


def is_owned_by(owner_ids: list[UUID]) -> ColumnElement[bool]:
    """The condition that a withdrawal belongs to one of these."""
    keys = [(bucket_of(each), each) for each in owner_ids]
    return tuple_(Withdrawal.bucket, Withdrawal.owner_id).in_(keys)


def is_automatic(amount_fen: int, moment: datetime) -> bool:
    """Whether a withdrawal needs no reviewer: below the limit for one, and while the alliance's
    withdrawals of today (UTC moment, Beijing day) stay within theirs.

    Of requests at the very same moment each sees the others' sum without them: the second limit
    bounds what goes out unseen in a day, not to the fen.
    """
    if amount_fen >= settings().withdrawal_automatic_limit_fen:
        return False
    today = Withdrawal.created_at >= _begin_of_day(moment)
    unseen = select(func.coalesce(func.sum(Withdrawal.amount_fen), 0)).where(
        today, Withdrawal.reviewer_id.is_(None), Withdrawal.state.not_in(GIVEN_BACK)
    )
    sum_fen = int(db.session.scalar(unseen) or 0)
    return sum_fen + amount_fen <= settings().withdrawal_automatic_daily_limit_fen


def _begin_of_day(moment: datetime) -> datetime:
    return start_of_beijing_day(beijing_day(moment))


def _daily_limit_fen(kind: OwnerKind) -> int:
    if kind is OwnerKind.MERCHANT:
        return settings().merchant_withdrawal_daily_limit_fen
    return settings().withdrawal_daily_limit_fen


def _take_turns(person_ids: set[UUID]) -> None:
    """In the order of their ids, so that nobody waits for somebody who waits for them."""
    for each in sorted(person_ids):
        one_at_a_time(f"withdrawal:{each}")
