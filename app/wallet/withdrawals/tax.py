"""Tax withheld from withdrawals: recorded per withdrawal, undone with it, paid to the office.

Commission leaves the wallet first: what a member withdraws counts as commission until all
commission they ever earned has been taxed, so that no order of withdrawals avoids the tax. Whoever
was merged into them is the same person to the tax office.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import signals
from app.wallet.errors import TaxNotReversible
from app.wallet.models import TaxRecord, Withdrawal
from app.wallet.withdrawals.charges import Charges, fee_fen, further_tax_fen


def charges_of(member_id: UUID, amount_fen: int, moment: datetime) -> Charges:
    """Fee and tax of a withdrawal at a UTC moment, in the current unit of work."""
    fee = fee_fen(amount_fen, settings().withdrawal_fee_bp, settings().withdrawal_fee_minimum_fen)
    if settings().withdrawal_tax == "none":
        return Charges(fee, 0, 0)
    person = members.everyone_of(member_id)
    answers = [answer for each in person for answer in signals.commission_asked.send(each)]
    earned = sum(value or 0 for _, value in answers)
    taxable = max(0, min(amount_fen, earned - _taxed_fen(person)))
    before, withheld = _month_fen(person, month_of(moment))
    tax = further_tax_fen(before, withheld, taxable)
    return Charges(fee, taxable, min(tax, amount_fen - fee - 1))


def month_of(moment: datetime) -> date:
    """The first day of a UTC moment's month in Beijing."""
    return beijing_day(moment).replace(day=1)


def record(row: Withdrawal, charges: Charges) -> None:
    """Writes down what was withheld, in the unit that requests the withdrawal."""
    if charges.taxable_fen:
        db.session.add(
            TaxRecord(
                bucket=row.bucket,
                withdrawal_id=row.id,
                member_id=row.member_id,
                month=month_of(row.created_at),
                taxable_fen=charges.taxable_fen,
                tax_fen=charges.tax_fen,
                created_at=row.created_at,
            )
        )


def undo(row: Withdrawal) -> None:
    """Voids the record of a withdrawal that was not paid; nothing was posted for it."""
    found = _record_of(row.id)
    if found is not None:
        found.reversed_at, found.reason = now(), f"withdrawal {row.state}"


def reverse(withdrawal_id: UUID, staff_id: UUID, reason: str) -> TaxRecord:
    """Gives withheld tax back to the member's `rebate` (posted), in the current unit of work.

    For tax withheld wrongly that the tax office has not had yet. Raises NotFound,
    TaxNotReversible (nothing withheld, not paid out yet, given back before),
    InsufficientFunds where `tax_withheld` was paid to the office already.
    """
    found = _record_of(withdrawal_id)
    if found is None:
        raise NotFound()
    withdrawal = db.session.get(Withdrawal, (found.bucket, withdrawal_id))
    is_paid = withdrawal is not None and withdrawal.state == "paid"
    if found.reversed_at is not None or not found.tax_fen or not is_paid:
        raise TaxNotReversible()
    journal = Journal(
        id=new_id(found.bucket),
        kind="tax_given_back",
        reference_id=withdrawal_id,
        principal_id=staff_id,
        key=f"tax_given_back:{withdrawal_id}",
        legs=(
            Leg(PLATFORM_ID, Account.TAX_WITHHELD, -found.tax_fen),
            Leg(found.member_id, Account.REBATE, found.tax_fen),
        ),
    )
    found.reversed_at, found.reason, found.reversal_journal_id = now(), reason, journal.id
    db.session.flush()
    ledger.post([journal])
    return found


def records(month: date, after: UUID | None, limit: int) -> list[TaxRecord]:
    """What was withheld in a month (its first day), by withdrawal, in the current unit of work."""
    wanted = select(TaxRecord).where(TaxRecord.month == month)
    if after is not None:
        wanted = wanted.where(TaxRecord.withdrawal_id > after)
    return list(db.session.scalars(wanted.order_by(TaxRecord.withdrawal_id).limit(limit)))


def _record_of(withdrawal_id: UUID) -> TaxRecord | None:
    found = select(TaxRecord).where(
        TaxRecord.bucket == bucket_of(withdrawal_id), TaxRecord.withdrawal_id == withdrawal_id
    )
    return db.session.scalar(found.with_for_update())


def _taxed_fen(person: list[UUID]) -> int:
    """Commission that has been dealt with, also where its tax was given back: not again."""
    is_dealt_with = TaxRecord.reversed_at.is_(None) | TaxRecord.reversal_journal_id.is_not(None)
    total = select(func.coalesce(func.sum(TaxRecord.taxable_fen), 0))
    statement = total.where(_is_of(person), is_dealt_with)
    return int(db.session.scalar(statement) or 0)


def _month_fen(person: list[UUID], month: date) -> tuple[int, int]:
    statement = select(
        func.coalesce(func.sum(TaxRecord.taxable_fen), 0),
        func.coalesce(func.sum(TaxRecord.tax_fen), 0),
    ).where(_is_of(person), TaxRecord.reversed_at.is_(None), TaxRecord.month == month)
    income_fen, tax_fen = db.session.execute(statement).one()
    return int(income_fen), int(tax_fen)


def _is_of(person: list[UUID]) -> ColumnElement[bool]:
    keys = [(bucket_of(each), each) for each in person]
    return tuple_(TaxRecord.bucket, TaxRecord.member_id).in_(keys)
