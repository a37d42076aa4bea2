"""What people decide of withdrawals: reviewers, their owners, and finance for stuck ones.

Each decision is taken under the withdrawal's lock, once, and written down with who took it.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.core import four_eyes
from app.core.auth import Principal
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import now
from app.wallet.errors import (
    WithdrawalNotCancellable,
    WithdrawalNotManual,
    WithdrawalNotReviewable,
)
from app.wallet.models import Withdrawal, WithdrawalStep
from app.wallet.withdrawals.payees import may_see
from app.wallet.withdrawals.requests import finish, lock, move
from app.wallet.withdrawals.rules import Step, WithdrawalState
from app.wallet.withdrawals.waking import ask_now


class Conclusion(StrEnum):
    """What people found out of a bill that WeChat no longer answers for."""

    PAID = "paid"
    RETURNED = "returned"


def approve_withdrawal(withdrawal_id: UUID, reviewer_id: UUID) -> Withdrawal:
    """Lets a reviewed withdrawal go its way, in the current unit of work, under its lock.

    Where two approvals are needed the first leaves it `reviewing`. Raises NotFound,
    WithdrawalNotReviewable where it was decided already, SecondPersonNeeded where this reviewer
    has approved it before.
    """
    row = _locked(withdrawal_id)
    earlier = _deciders(row, Step.ENDORSE)
    if row.state == WithdrawalState.REVIEWING:
        four_eyes.require_other(reviewer_id, *earlier)
    is_last = len(earlier) + 1 >= row.approvals_needed
    if not move(row, Step.APPROVE if is_last else Step.ENDORSE, reviewer_id):
        raise WithdrawalNotReviewable(withdrawal_status=row.state)
    row.reviewer_id, row.reviewed_at = reviewer_id, now()
    return row


def reject_withdrawal(withdrawal_id: UUID, reviewer_id: UUID, reason: str) -> Withdrawal:
    """Gives a reviewed withdrawal's money back where it came from, in the current unit of work.

    One person may reject what needs two to approve. Raises NotFound, WithdrawalNotReviewable
    where it was decided already.
    """
    row = _locked(withdrawal_id)
    if not move(row, Step.REJECT, reviewer_id, reason):
        raise WithdrawalNotReviewable(withdrawal_status=row.state)
    row.reviewer_id, row.reviewed_at, row.reason = reviewer_id, now(), reason
    finish(row)
    return row


def cancel_withdrawal(withdrawal_id: UUID, caller: Principal) -> Withdrawal:
    """Who may ask for it takes a withdrawal back, in the current unit of work, under its lock.

    Not sent yet: the money is back where it came from at once. At the channel and not confirmed:
    it is asked to cancel the bill, and the money comes back when it says so. Raises NotFound
    (also for another's), WithdrawalNotCancellable once it is at its end or with people.
    """
    row = _locked(withdrawal_id)
    if not may_see(caller, row):
        raise NotFound()
    if move(row, Step.CANCEL, caller.id):
        finish(row)
    elif not row.is_asked_back and move(row, Step.ASK_BACK, caller.id):
        row.is_asked_back = True
        ask_now(row)
    elif not row.is_asked_back or row.end_journal_id is not None:
        raise WithdrawalNotCancellable(withdrawal_status=row.state)
    return row


def conclude_withdrawal(
    withdrawal_id: UUID, staff_id: UUID, conclusion: Conclusion, evidence: str
) -> Withdrawal:
    """How a bill ended that WeChat no longer answers for, in the current unit, under its lock.

    Two people must say the same, each with their evidence; a differing proposal replaces the
    first. Then WeChat is asked once more (app/wallet/payouts.py): what it still knows outweighs
    what people say. Raises NotFound, WithdrawalNotManual, SecondPersonNeeded.
    """
    row = _locked(withdrawal_id)
    if row.state != WithdrawalState.MANUAL or row.conclusion is not None:
        raise WithdrawalNotManual(withdrawal_status=row.state)
    last = _last_proposal(row)
    note = f"{conclusion}: {evidence}"
    if last is not None and last.note is not None and last.note.startswith(f"{conclusion}: "):
        four_eyes.require_other(staff_id, last.principal_id)
        move(row, Step.CONCLUDE, staff_id, note)
        row.conclusion = conclusion
        ask_now(row)
    else:
        move(row, Step.PROPOSE, staff_id, note)
    return row


def _locked(withdrawal_id: UUID) -> Withdrawal:
    row = lock(withdrawal_id)
    if row is None:
        raise NotFound()
    return row


def _deciders(row: Withdrawal, step: Step) -> set[UUID]:
    return {found.principal_id for found in _steps(row, step)}


def _last_proposal(row: Withdrawal) -> WithdrawalStep | None:
    found = _steps(row, Step.PROPOSE)
    return found[-1] if found else None


def _steps(row: Withdrawal, step: Step) -> list[WithdrawalStep]:
    mine = (
        WithdrawalStep.bucket == row.bucket,
        WithdrawalStep.withdrawal_id == row.id,
        WithdrawalStep.step == step,
    )
    found = db.session.scalars(select(WithdrawalStep).where(*mine).order_by(WithdrawalStep.number))
    return list(found)
