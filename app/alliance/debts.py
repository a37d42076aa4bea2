"""Who owes something back after a refund (`clawback_due`): collected from later shares; and what
refunds wait for a merchant's money."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.models import Debtor, Refund
from app.core.db import db
from app.core.world import bucket_of, now
from app.ledger.service import Account, balances
from app.members import service as members


def note_debtor(owner_id: UUID) -> None:
    """Notes in the current unit that this owner may owe something; how much is in the ledger.

    What a merged member owes follows to who they are today: both are noted.
    """
    for each in {owner_id, members.today(owner_id)}:
        values = {"bucket": bucket_of(each), "owner_id": each, "created_at": now()}
        db.session.execute(upsert(Debtor).values(values).on_conflict_do_nothing())


def debts_of(owner_ids: Collection[UUID]) -> dict[UUID, int]:
    """What each of these owners owes (fen), those only who do. In the current unit of work."""
    known = db.session.scalars(select(Debtor.owner_id).where(Debtor.owner_id.in_(owner_ids)))
    found = {owner: -balances(owner)[Account.CLAWBACK_DUE].balance_fen for owner in known}
    return {owner: debt for owner, debt in found.items() if debt > 0}


def refunds_waiting_fen(merchant_id: UUID) -> int:
    """What customers wait for because a merchant's money does not suffice (fen), in the current
    unit of work."""
    waiting = select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
        Refund.merchant_id == merchant_id, Refund.status == "waiting_funds"
    )
    return int(db.session.scalar(waiting) or 0)
