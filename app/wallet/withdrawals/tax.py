"""Tax withheld from withdrawals: recorded per withdrawal, undone with it, paid to the office.

Commission leaves the wallet first: what an owner withdraws counts as commission until all
commission they ever earned has been taxed, so that no order of withdrawals avoids the tax. Whoever
was merged into them is the same person to the tax office.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

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
from app.wallet.withdrawals.charges import (
    Charges,
    TaxKind,
    accidental_tax_fen,
    fee_fen,
    further_tax_fen,
)
from app.wallet.withdrawals.limits import is_owned_by, owners_of
from app.wallet.withdrawals.payees import Payee, Source


def charges_of(payee: Payee, source: Source, amount_fen: int, moment: datetime) -> Charges:
    """Fee and tax of a withdrawal at a UTC moment, in the current unit of work.

    Only natural persons are taxed, on what they earned as commission and on experience gold: a
    business pays its own taxes, and settled sales are no income that the payer withholds from.
    """
    fee = fee_fen(amount_fen, settings().withdrawal_fee_bp, settings().withdrawal_fee_minimum_fen)
    is_taxed = settings().withdrawal_tax != "none" and not payee.is_business
    if not is_taxed or source is Source.AVAILABLE:
        return Charges(fee, 0, 0)
    most = amount_fen - fee - 1
    if source is Source.EXPERIENCE:
        tax = accidental_tax_fen(amount_fen)
        return Charges(fee, amount_fen, min(tax, most), TaxKind.ACCIDENTAL)
    owners = owners_of(payee)
    answers = [answer for each in owners for answer in signals.commission_asked.send(each)]
    earned = sum(value or 0 for _, value in answers)
    taxable = max(0, min(amount_fen, earned - _taxed_fen(owners)))
    person = members.everyone_of(payee.member_id or payee.owner_id)
    before, withheld = _month_fen(person, month_of(moment))
    tax = further_tax_fen(before, withheld, taxable)
    return Charges(fee, taxable, min(tax, most))


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
                member_id=row.member_id or row.owner_id,
                month=month_of(row.created_at),
                kind=charges.tax_kind,
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
    """Gives withheld tax back to the owner's `rebate` (posted), in the current unit of work.

    For tax withheld wrongly that the tax office has not had yet. Raises NotFound,
    TaxNotReversible (nothing withheld, not paid out yet, given back before),
    InsufficientFunds where `tax_withheld` was paid to the office already.
    """
    found = _record_of(withdrawal_id)
    if found is None:
        raise NotFound()
    withdrawal = db.session.get(Withdrawal, (found.bucket, withdrawal_id))
    if withdrawal is None or withdrawal.state != "paid":
        raise TaxNotReversible()
    if found.reversed_at is not None or not found.tax_fen:
        raise TaxNotReversible()
    journal = Journal(
        id=new_id(found.bucket),
        kind="tax_given_back",
        reference_id=withdrawal_id,
        principal_id=staff_id,
        key=f"tax_given_back:{withdrawal_id}",
        legs=(
            Leg(PLATFORM_ID, Account.TAX_WITHHELD, -found.tax_fen),
            Leg(withdrawal.owner_id, Account.REBATE, found.tax_fen),
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


def _taxed_fen(owners: list[UUID]) -> int:
    """Commission of these owners that has been dealt with, also where its tax was given back."""
    is_dealt_with = TaxRecord.reversed_at.is_(None) | TaxRecord.reversal_journal_id.is_not(None)
    total = select(func.coalesce(func.sum(TaxRecord.taxable_fen), 0)).join(
        Withdrawal,
        (Withdrawal.bucket == TaxRecord.bucket) & (Withdrawal.id == TaxRecord.withdrawal_id),
    )
    statement = total.where(is_owned_by(owners), is_dealt_with, TaxRecord.kind == TaxKind.LABOUR)
    return int(db.session.scalar(statement) or 0)


def _month_fen(person: list[UUID], month: date) -> tuple[int, int]:
    """What this natural person was paid in a month, from whichever account, and the tax on it."""
    statement = select(
        func.coalesce(func.sum(TaxRecord.taxable_fen), 0),
        func.coalesce(func.sum(TaxRecord.tax_fen), 0),
    ).where(
        TaxRecord.member_id.in_(person),
        TaxRecord.kind == TaxKind.LABOUR,
        TaxRecord.reversed_at.is_(None),
        TaxRecord.month == month,
    )
    income_fen, tax_fen = db.session.execute(statement).one()
    return int(income_fen), int(tax_fen)
