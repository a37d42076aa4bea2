"""What a withdrawal takes from its account: all of one balance, or of lots that allow it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.config import settings
from app.core.db import db
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account, Leg
from app.wallet import lots
from app.wallet.errors import NotEnough
from app.wallet.models import Lot, Withdrawal
from app.wallet.withdrawals.payees import Source


def minimum_fen(source: Source) -> int:
    """The least that is withdrawn at once: experience gold has a threshold of its own."""
    if source is Source.EXPERIENCE:
        return settings().experience_withdrawal_minimum_fen
    return settings().withdrawal_minimum_fen


def taken_legs(row: Withdrawal) -> tuple[Leg, ...]:
    """What leaves the account, in the current unit of work.

    Of experience gold the lots that end soonest come first; only what was granted as withdrawable
    and has not ended. Raises NotEnough with `missing_fen`.
    """
    account = Account(row.source)
    if not account.uses_lots:
        return (Leg(row.owner_id, account, -row.amount_fen),)
    held = ledger.lots(row.owner_id, account)
    legs, missing = [], row.amount_fen
    for lot_id in _withdrawable(row.owner_id, account):
        taken = min(missing, held.get(lot_id, 0))
        if taken > 0:
            legs.append(Leg(row.owner_id, account, -taken, lot_id))
            missing -= taken
    if missing:
        raise NotEnough(missing_fen=missing)
    return tuple(legs)


def returned_legs(row: Withdrawal) -> tuple[Leg, ...]:
    """The same back into the same lots, in the current unit of work; a lot that has ended
    meanwhile goes on to its funder with the next sweep."""
    account = Account(row.source)
    if not account.uses_lots:
        return (Leg(row.owner_id, account, row.amount_fen),)
    taken = [leg for leg in ledger.journal(row.journal_id).journal.legs if leg.account is account]
    lots.reopen([leg.lot_id for leg in taken if leg.lot_id is not None])
    return tuple(Leg(leg.owner_id, account, -leg.amount_fen, leg.lot_id) for leg in taken)


def _withdrawable(owner_id: UUID, account: Account) -> list[UUID]:
    found = select(Lot.id).where(
        Lot.owner_id == owner_id,
        Lot.account == account,
        Lot.is_withdrawable,
        Lot.expires_at.is_(None) | (Lot.expires_at > now()),
    )
    return list(db.session.scalars(found.order_by(Lot.expires_at, Lot.id)))
