"""When two members turn out to be one person: what the wallet keeps for the one absorbed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from app.core.db import db
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet.models import Lot, WeChatOrder, Withdrawal


def take_leave(_: Any, *, survivor_id: UUID, absorbed_id: UUID) -> None:
    """Receiver of `merging`: gives the absorbed member's experience gold back to its funders.

    The survivor has their own. Raises CannotMerge for a member who has ever paid, earned or
    withdrawn: such a past is not moved, and staff decide.
    """
    found = ledger.balances(absorbed_id)
    granted = _lots(absorbed_id)
    moved = sum(balance.ledger_version for balance in found.values())
    if moved != len(granted) or _has_orders(absorbed_id):
        raise members.CannotMerge("the later member has a past in the books")
    left = ledger.lots(absorbed_id, Account.EXPERIENCE)
    ledger.post([_returned(lot, left[lot.id]) for lot in granted if lot.id in left])


def _lots(member_id: UUID) -> list[Lot]:
    """The member's lots of experience gold, locked until the current unit of work ends."""
    wanted = select(Lot).where(
        Lot.bucket == bucket_of(member_id),
        Lot.owner_id == member_id,
        Lot.account == Account.EXPERIENCE,
    )
    return list(db.session.scalars(wanted.order_by(Lot.id).with_for_update()))


def _has_orders(member_id: UUID) -> bool:
    bucket = bucket_of(member_id)
    return any(
        db.session.scalar(
            select(exists().where(table.bucket == bucket, table.member_id == member_id))
        )
        for table in (WeChatOrder, Withdrawal)
    )


def _returned(lot: Lot, left_fen: int) -> Journal:
    return Journal(
        id=new_id(lot.bucket),
        kind="experience_returned",
        reference_id=lot.id,
        principal_id=SYSTEM_ID,
        key=f"experience_returned:{lot.id}",
        legs=(
            Leg(lot.owner_id, Account.EXPERIENCE, -left_fen, lot.id),
            Leg(PLATFORM_ID, Account(lot.funder or Account.CAMPAIGN_FUND), left_fen),
        ),
    )
