"""The blacklist: licences, accounts and phones with which nobody joins without a second person
having seen it. Kept by operators, each entry and each removal with a reason; a removal is undone by
a new entry."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance.joining import keys
from app.alliance.joining.errors import BlacklistedAlready, NotBlacklisted
from app.alliance.joining.models import BlacklistEntry
from app.core.db import db, one_at_a_time
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now

KEY_OF = {"licence": keys.licence_key, "account": keys.account_key, "phone": keys.phone_key}


def add(kind: str, value: str, reason: str, staff_id: UUID) -> BlacklistEntry:
    """Puts a value in normal form on the list, in the current unit of work. Raises
    BlacklistedAlready."""
    key = KEY_OF[kind](value)
    one_at_a_time(f"alliance/blacklist/{key.hex()}")
    same = (BlacklistEntry.kind == kind, BlacklistEntry.key == key)
    known = db.session.scalar(
        select(BlacklistEntry.id).where(*same, BlacklistEntry.removed_at.is_(None))
    )
    if known is not None:
        raise BlacklistedAlready(entry_id=str(known))
    row = BlacklistEntry(
        id=new_id(bucket_of(PLATFORM_ID)),
        kind=kind,
        key=key,
        hint=value[-4:],
        reason=reason,
        added_by=staff_id,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def remove(entry_id: UUID, reason: str, staff_id: UUID) -> BlacklistEntry:
    """Takes an entry off the list; it stays readable. In the current unit of work, locks it.
    Raises NotFound, NotBlacklisted."""
    row = db.session.get(BlacklistEntry, entry_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.removed_at is not None:
        raise NotBlacklisted()
    row.removal_reason, row.removed_by, row.removed_at = reason, staff_id, now()
    db.session.flush()
    return row
