"""Claims under a new key of the ring, made from the versions that hold the values, encrypted."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.core.crypto import Undecryptable, decrypt
from app.core.db import db, in_transaction, read
from app.core.keys.columns import KeyedIndex
from app.core.world import now
from app.members.real_name.claims import Kind, keys_of
from app.members.real_name.models import BankCard, Claim, RealName
from app.members.real_name.service import context

log = structlog.get_logger()


def counts() -> dict[str, int]:
    """How many claims stand under each key."""
    found = read(select(Claim.key_name, func.count()).group_by(Claim.key_name))
    return {name: int(rows) for name, rows in found}


def lacking(name: str) -> int:
    """How many claims have no fellow under this key."""
    return int(read(select(func.count()).select_from(_without(name).subquery()))[0][0])


def complete(name: str, after: bytes, limit: int) -> tuple[bytes | None, int]:
    """Makes up to `limit` claims under a key, in the order of the former ones, a unit of its own.

    Where to go on, None at the end; how many were made.
    """
    wanted = _without(name).where(Claim.key > after).order_by(Claim.key).limit(limit)
    keys = [row.key for row in read(wanted)]
    if not keys:
        return None, 0
    return keys[-1], in_transaction(lambda: sum(_fellow(key, name) for key in keys))


def drop(name: str, limit: int) -> int:
    """Deletes up to `limit` claims under a key, a unit of its own; how many."""
    some = select(Claim.key).where(Claim.key_name == name).limit(limit).scalar_subquery()
    gone = delete(Claim).where(Claim.key.in_(some)).execution_options(synchronize_session=False)
    return in_transaction(lambda: int(db.session.execute(gone).rowcount))  # type: ignore[attr-defined]


INDEX = KeyedIndex("members_real_name_claim", counts, lacking, complete, drop)


def _without(name: str) -> Select[tuple[bytes]]:
    fellow = aliased(Claim)
    has_one = exists().where(
        fellow.source_id == Claim.source_id, fellow.kind == Claim.kind, fellow.key_name == name
    )
    return select(Claim.key).where(Claim.key_name != name, ~has_one)


def _fellow(key: bytes, name: str) -> bool:
    """Makes the claim under another key; whoever moves or frees the former one waits meanwhile."""
    former = db.session.scalar(select(Claim).where(Claim.key == key).with_for_update())
    value = _value(former) if former is not None else None
    if former is None or value is None:
        return False
    row = {
        "key": keys_of(cast(Kind, former.kind), value)[name],
        "kind": former.kind,
        "key_name": name,
        "member_id": former.member_id,
        "source_id": former.source_id,
        "claimed_at": now(),
    }
    made = insert(Claim).values(row).on_conflict_do_nothing().returning(Claim.key)
    if db.session.scalar(made) is not None:
        return True
    return _join(former, row["key"])


def _join(former: Claim, key: bytes) -> bool:
    """A later version of the same person has made the claim: both then name that version."""
    present = db.session.execute(
        select(Claim.member_id, Claim.source_id).where(Claim.key == key)
    ).one()
    if present.member_id != former.member_id:  # two processes had no key in common
        log.error("claimed_twice", kind=former.kind, member_id=str(former.member_id))
        return False
    joined = update(Claim).where(Claim.key == former.key).values(source_id=present.source_id)
    db.session.execute(joined.execution_options(synchronize_session=False))
    return True


def _value(claim: Claim) -> str | None:
    """What is claimed, from its version; None if that was erased, or cannot be read."""
    model, column = (BankCard, "number") if claim.kind == "card" else (RealName, claim.kind)
    sealed = db.session.scalar(select(getattr(model, column)).where(model.id == claim.source_id))
    try:
        bound = context(model.__tablename__, column, cast(UUID, claim.source_id))
        return decrypt(sealed, bound) if sealed else None
    except Undecryptable:
        return None
