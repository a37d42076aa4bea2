"""Tax withheld from prizes in money when they are paid: accidental income (偶然所得).

The rooms above withhold it in the journal that pays; here it is written down, so that a month's
records come to what was withheld in it. A prize that is taken back is a record of its own, in the
month of that: the month before may have been reported.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.world import bucket_of, now
from app.wallet.models import PrizeTax
from app.wallet.withdrawals.tax import month_of


def note(
    journal_id: UUID, grant_id: UUID, member_id: UUID, *, taxable_fen: int, tax_fen: int
) -> None:
    """Writes down what a journal withheld from a prize, in its unit; negative: gave back."""
    moment = now()
    db.session.add(
        PrizeTax(
            bucket=bucket_of(journal_id),
            journal_id=journal_id,
            grant_id=grant_id,
            member_id=member_id,
            month=month_of(moment),
            taxable_fen=taxable_fen,
            tax_fen=tax_fen,
            created_at=moment,
        )
    )
    db.session.flush()


def records(month: date, after: UUID | None, limit: int) -> list[PrizeTax]:
    """Those of a month (its first day), by journal, in the current unit of work."""
    wanted = select(PrizeTax).where(PrizeTax.month == month)
    if after is not None:
        wanted = wanted.where(PrizeTax.journal_id > after)
    return list(db.session.scalars(wanted.order_by(PrizeTax.journal_id).limit(limit)))
