"""Withdrawals: held at once, decided, then paid out (app/wallet/payouts.py). Rules: rules.py."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.core import outbox
from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import lots, rules
from app.wallet.errors import (
    AmountOutOfRange,
    NoWeChatAccount,
    RealNameRequired,
    WithdrawalNotReviewable,
)
from app.wallet.models import Withdrawal
from app.wallet.rules import Step, WithdrawalState

PAY = "wallet.withdrawal_due"
FINISHED, RETURNED = "withdrawal.finished", "withdrawal.returned"


def request_withdrawal(member_id: UUID, amount_fen: int) -> Withdrawal:
    """Holds rebate for a withdrawal (rebate → withdrawing), in the current unit of work.

    Below WITHDRAWAL_AUTOMATIC_LIMIT_FEN it goes its way, otherwise it waits for a reviewer.
    Raises AmountOutOfRange, RealNameRequired, NoWeChatAccount, InsufficientFunds.
    """
    _check_amount(amount_fen)
    members.require_present(member_id)
    if members.openid_of(member_id, settings().wechat_mini_app_id) is None:
        raise NoWeChatAccount()
    bucket = bucket_of(member_id)
    withdrawal_id = new_id(bucket)
    journal = Journal(
        id=new_id(bucket),
        kind="withdrawal",
        reference_id=withdrawal_id,
        principal_id=member_id,
        key=f"withdrawal:{withdrawal_id}",
        legs=(
            Leg(member_id, Account.REBATE, -amount_fen),
            Leg(member_id, Account.WITHDRAWING, amount_fen),
        ),
    )
    row = Withdrawal(
        bucket=bucket,
        id=withdrawal_id,
        member_id=member_id,
        amount_fen=amount_fen,
        state=WithdrawalState.HELD,
        bill_number=number_of(withdrawal_id),
        journal_id=journal.id,
        created_at=now(),
    )
    db.session.add(row)
    automatic = amount_fen < settings().withdrawal_automatic_limit_fen
    move(row, Step.AUTOMATIC if automatic else Step.REVIEW)
    ledger.post([journal])
    return row


def _check_amount(amount_fen: int) -> None:
    low, high = settings().withdrawal_minimum_fen, settings().withdrawal_maximum_fen
    if amount_fen < low:
        raise AmountOutOfRange(minimum_fen=low, maximum_fen=high)
    if amount_fen > high:
        raise RealNameRequired(maximum_fen=high)


def move(row: Withdrawal, step: Step) -> bool:
    """Takes a step of a locked withdrawal; False, and nothing changes, if it contradicts it."""
    state = rules.follow(WithdrawalState(row.state), step)
    if state is None:
        return False
    row.state = state
    if state is WithdrawalState.APPROVED:
        outbox.emit(PAY, {"withdrawal_id": str(row.id)}, bucket=row.bucket)
        row.next_look_at = now() + timedelta(seconds=rules.pause_seconds(0))
    return True


def approve_withdrawal(withdrawal_id: UUID, reviewer_id: UUID) -> Withdrawal:
    """Lets a reviewed withdrawal go its way, in the current unit of work, under its lock.

    Raises NotFound, WithdrawalNotReviewable where it was decided already.
    """
    return _decide(withdrawal_id, reviewer_id, Step.APPROVE)


def reject_withdrawal(withdrawal_id: UUID, reviewer_id: UUID, reason: str) -> Withdrawal:
    """Gives a reviewed withdrawal's money back to `rebate`, in the current unit of work.

    Raises NotFound, WithdrawalNotReviewable where it was decided already.
    """
    row = _decide(withdrawal_id, reviewer_id, Step.REJECT)
    row.reason = reason
    finish(row)
    return row


def _decide(withdrawal_id: UUID, reviewer_id: UUID, step: Step) -> Withdrawal:
    row = lock(withdrawal_id)
    if row is None:
        raise NotFound()
    if not move(row, step):
        raise WithdrawalNotReviewable(withdrawal_status=row.state)
    row.reviewer_id, row.reviewed_at = reviewer_id, now()
    return row


def finish(row: Withdrawal) -> None:
    """Books the end of a withdrawal whose state is final: paid out, or back to `rebate`.

    Both ends share one key, so that the ledger itself refuses a second, different end.
    """
    paid = row.state == WithdrawalState.PAID
    target = (
        Leg(PLATFORM_ID, Account.WECHAT_OPERATING, row.amount_fen)
        if paid
        else Leg(row.member_id, Account.REBATE, row.amount_fen)
    )
    journal = Journal(
        id=new_id(row.bucket),
        kind=f"withdrawal_{row.state}",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"withdrawal_end:{row.id}",
        legs=(Leg(row.member_id, Account.WITHDRAWING, -row.amount_fen), target),
    )
    row.end_journal_id, row.finished_at = journal.id, now()
    row.next_look_at, row.package_info = None, None
    event = FINISHED if paid else RETURNED
    outbox.emit(event, {"withdrawal_id": str(row.id)}, bucket=row.bucket)
    db.session.flush()
    ledger.post([journal])


def lock(withdrawal_id: UUID | None) -> Withdrawal | None:
    """The withdrawal, locked until the current unit of work ends; None if there is none."""
    if withdrawal_id is None:
        return None
    return db.session.scalar(
        select(Withdrawal)
        .where(Withdrawal.bucket == bucket_of(withdrawal_id), Withdrawal.id == withdrawal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """A withdrawal, in the current unit of work. Raises NotFound."""
    row = db.session.get(Withdrawal, (bucket_of(withdrawal_id), withdrawal_id))
    if row is None:
        raise NotFound()
    return row


def waiting_withdrawals(state: WithdrawalState, after: UUID | None, limit: int) -> list[Withdrawal]:
    """Unfinished withdrawals in one state, oldest first, after a given one, in this unit."""
    wanted = select(Withdrawal).where(
        Withdrawal.state == state, Withdrawal.end_journal_id.is_(None)
    )
    if after is not None:
        wanted = wanted.where(Withdrawal.id > after)
    return list(db.session.scalars(wanted.order_by(Withdrawal.id).limit(limit)))


def withdrawals_of(member_id: UUID, before: UUID | None, limit: int) -> list[Withdrawal]:
    """A member's withdrawals, newest first, before a given one, in the current unit of work."""
    wanted = select(Withdrawal).where(
        Withdrawal.bucket == bucket_of(member_id), Withdrawal.member_id == member_id
    )
    if before is not None:
        wanted = wanted.where(Withdrawal.id < before)
    return list(db.session.scalars(wanted.order_by(Withdrawal.id.desc()).limit(limit)))


def open_count() -> int:
    """How many withdrawals have not reached their end."""
    statement = select(func.count()).where(Withdrawal.end_journal_id.is_(None))
    return int(lots.rows(statement)[0][0])


def contradicted_count() -> int:
    """How many withdrawals WeChat has told two different ends of."""
    statement = select(func.count()).where(Withdrawal.contradictions > 0)
    return int(lots.rows(statement)[0][0])
