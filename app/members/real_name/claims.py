"""Whose an ID number, a mobile number or a bank card is: one person's, found by keyed hashes.

Two members who give the same one at once meet on the unique key: the second waits for the first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.crypto import ring_indexes
from app.core.db import TryAgain, db
from app.members.real_name.models import Claim

Kind = Literal["id_number", "phone", "card"]


def keys_of(kind: Kind, value: str) -> dict[str, bytes]:
    """The keyed hashes of a value, by the names of their keys."""
    return ring_indexes(value, f"members.real_name.{kind}")


def claim(kind: Kind, value: str, member_id: UUID, source_id: UUID, at: datetime) -> UUID:
    """Claims a value for a member in the current unit of work; whose it is.

    Waits for a unit that claims the same at this moment. `source_id` is the version that holds
    the value.
    """
    owners = [
        _claim_one(key, name, kind, member_id, source_id, at)
        for name, key in keys_of(kind, value).items()
    ]
    return next((owner for owner in owners if owner != member_id), member_id)


def release_others(kind: Kind, value: str, member_id: UUID) -> None:
    """Gives free what the member claimed of this kind before, in the current unit of work."""
    kept = list(keys_of(kind, value).values())
    theirs = (Claim.member_id == member_id) & (Claim.kind == kind) & Claim.key.not_in(kept)
    db.session.execute(delete(Claim).where(theirs).execution_options(synchronize_session=False))


def withdraw(source_id: UUID) -> None:
    """Undoes what was claimed from one version, in the current unit of work."""
    gone = delete(Claim).where(Claim.source_id == source_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def release_all(member_id: UUID) -> None:
    """Gives free whatever the member has claimed, in the current unit of work."""
    gone = delete(Claim).where(Claim.member_id == member_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _claim_one(
    key: bytes, name: str, kind: Kind, member_id: UUID, source_id: UUID, at: datetime
) -> UUID:
    row = insert(Claim).values(
        key=key,
        kind=kind,
        key_name=name,
        member_id=member_id,
        source_id=source_id,
        claimed_at=at,
    )
    if db.session.scalar(row.on_conflict_do_nothing().returning(Claim.member_id)):
        return member_id
    owner = db.session.scalar(select(Claim.member_id).where(Claim.key == key))
    if owner is None:  # given free at this moment
        raise TryAgain()
    return owner
