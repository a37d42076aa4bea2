"""Noting how much of each lent lot is spent: whoever moves a member's prepaid money touches the
member, and the duty looks at the lots of those who were touched.

The touch is a row in the member's bucket, written in the unit of the movement: a sale's is its
distribution, so that payments wait for nothing. A look reads the ledger, so that looking twice, or
late, comes to the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.closure.reading import closings_of
from app.alliance.prepaid import rules
from app.alliance.prepaid.models import LotAdvance, TouchedMember
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members

BATCH = 200
AGAIN_AFTER = timedelta(days=1)


def touch(member_ids: Collection[UUID]) -> None:
    """Notes in the current unit that lots of these members may have moved, of those on whose lots
    something was lent. Locks their notes, in one order."""
    if not member_ids:
        return
    lent_on = select(LotAdvance.member_id).where(LotAdvance.member_id.in_(member_ids)).distinct()
    found = sorted(db.session.scalars(lent_on))
    if found:
        moment = now()
        values = [
            {"bucket": bucket_of(each), "member_id": each, "touched_at": moment} for each in found
        ]
        db.session.execute(upsert(TouchedMember).values(values).on_conflict_do_nothing())


def touch_persons(member_ids: Collection[UUID]) -> None:
    """As `touch`, also who those members are today, where they were merged."""
    touch({who for each in member_ids for who in (each, members.today(each))})


def look() -> int:
    """Looks at the lots of touched members, and now and then at all others, in units of their
    own; how many lots were looked at."""
    looked = in_transaction(_touched)
    return looked + in_transaction(_long_ago)


def _touched() -> int:
    """Takes notes away first: what moves from now on makes a new one."""
    oldest = (
        select(TouchedMember.bucket, TouchedMember.member_id)
        .order_by(TouchedMember.touched_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = db.session.execute(oldest).all()
    if not taken:
        return 0
    chosen = [row.member_id for row in taken]
    db.session.execute(
        delete(TouchedMember).where(
            TouchedMember.bucket.in_({row.bucket for row in taken}),
            TouchedMember.member_id.in_(chosen),
        )
    )
    return _note(_lots(LotAdvance.member_id.in_(chosen)))


def _long_ago() -> int:
    before = now() - AGAIN_AFTER
    old = (LotAdvance.looked_at < before, LotAdvance.due_fen < LotAdvance.advanced_fen)
    chosen = select(LotAdvance.lot_id).where(*old).order_by(LotAdvance.looked_at).limit(BATCH)
    return _note(_lots(LotAdvance.lot_id.in_(list(db.session.scalars(chosen)))))


def _lots(condition: object) -> Sequence[LotAdvance]:
    statement = select(LotAdvance).where(condition).order_by(LotAdvance.lot_id)  # type: ignore[arg-type]
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def _note(lots: Sequence[LotAdvance]) -> int:
    left: dict[UUID, int] = {}
    for account in {lot.account for lot in lots}:
        mine = [lot for lot in lots if lot.account == account]
        holders = {who for lot in mine for who in (lot.member_id, lot.issued_to)}
        lot_ids = [lot.lot_id for lot in mine]
        left |= ledger.lot_balances(holders, Account(account), lot_ids)
    moment = now()
    closed = closings_of({lot.merchant_id for lot in lots})
    for lot in lots:
        held = left.get(lot.lot_id, 0)
        if closed.has_closed(lot.merchant_id, lot.store_id, moment):
            held = 0  # whoever sells no more has no use for working capital: all of it is due
        lot.due_fen = rules.fallen_due_fen(lot.issued_fen, lot.advanced_fen, held)
        lot.looked_at = moment
    db.session.flush()
    return len(lots)


def hand_over(from_id: UUID, to_id: UUID, lot_ids: Collection[UUID] | None = None) -> list[UUID]:
    """Lots of one member are another's now (all, or these), in the current unit; their ids."""
    mine = LotAdvance.member_id == from_id
    chosen = mine if lot_ids is None else mine & LotAdvance.lot_id.in_(lot_ids)
    changed = update(LotAdvance).where(chosen).values(member_id=to_id).returning(LotAdvance.lot_id)
    found = list(db.session.scalars(changed.execution_options(synchronize_session=False)))
    touch([to_id])
    return found
