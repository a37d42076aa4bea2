"""How much may be withdrawn in a day, and how much of it without a reviewer. Days are Beijing's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from app.core.config import settings
from app.core.db import db
from app.core.world import beijing_day, bucket_of, start_of_beijing_day
from app.wallet.errors import WithdrawalLimitReached
from app.wallet.models import Withdrawal
from app.wallet.withdrawals.rules import WithdrawalState

GIVEN_BACK = (WithdrawalState.RETURNED, WithdrawalState.REJECTED, WithdrawalState.CANCELLED)


def check(member_id: UUID, amount_fen: int, moment: datetime) -> None:
    """Whether the member may withdraw this much more today; `moment` is UTC.

    Holds the member's turn until the unit of work ends: whoever asks at the same time counts
    this one too. Every request counts, money that came back does not. Raises
    WithdrawalLimitReached.
    """
    _take_turn(member_id)
    begin = _begin_of_day(moment)
    count, sum_fen = db.session.execute(
        select(
            func.count(),
            func.coalesce(
                func.sum(Withdrawal.amount_fen).filter(Withdrawal.state.not_in(GIVEN_BACK)), 0
            ),
        ).where(
            Withdrawal.bucket == bucket_of(member_id),
            Withdrawal.member_id == member_id,
            Withdrawal.created_at >= begin,
        )
    ).one()
    resets_at = (begin + timedelta(days=1)).isoformat()
    if count >= settings().withdrawal_daily_count:
        raise WithdrawalLimitReached(limit="count", resets_at=resets_at)
    left_fen = max(settings().withdrawal_daily_limit_fen - int(sum_fen), 0)
    if amount_fen > left_fen:
        raise WithdrawalLimitReached(limit="amount", left_fen=left_fen, resets_at=resets_at)


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


def _take_turn(member_id: UUID) -> None:
    statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    db.session.execute(statement, {"who": f"withdrawal:{member_id}"})
