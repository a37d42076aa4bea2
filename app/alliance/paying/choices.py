"""From which purses a member's payment code pays, since nobody is asked at the till."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.alliance.paying.models import PurseChoice
from app.core.db import db
from app.core.world import bucket_of, now
from app.wallet.service import Purse

DEFAULT = (Purse.EXPERIENCE, Purse.PREPAID, Purse.REBATE)


def purses_of(member_id: UUID) -> frozenset[Purse]:
    """The member's choice, or the one that everybody begins with; in the current unit of work."""
    row = db.session.get(PurseChoice, (bucket_of(member_id), member_id))
    return frozenset(Purse(name) for name in (row.purses if row else DEFAULT))


def choose(member_id: UUID, purses: Collection[Purse]) -> None:
    """Keeps a choice, in the current unit of work."""
    row = db.session.get(PurseChoice, (bucket_of(member_id), member_id))
    if row is None:
        row = PurseChoice(bucket=bucket_of(member_id), member_id=member_id)
        db.session.add(row)
    row.purses, row.changed_at = sorted(set(purses)), now()
