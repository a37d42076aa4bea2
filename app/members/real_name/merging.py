"""What becomes of a real name when two members turn out to be one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.db import db
from app.members.errors import CannotMerge
from app.members.real_name.models import BankCard, Claim, RealName


def hand_over(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict[str, Any]:
    """Receiver of `merging`: the absorbed member's real name is the survivor's.

    Raises CannotMerge where both gave one: their ID numbers differ, or the second would not have
    been taken, so by law they are two persons.
    """
    if _present(survivor_id) and _present(absorbed_id):
        raise CannotMerge("they gave two different ID numbers")
    moved = {
        "versions": _move(RealName, RealName.id, absorbed_id, survivor_id),
        "cards": _move(BankCard, BankCard.id, absorbed_id, survivor_id),
    }
    claims = update(Claim).where(Claim.member_id == absorbed_id).values(member_id=survivor_id)
    db.session.execute(claims.execution_options(synchronize_session=False))
    return {"real_name": moved}


def take_back(_: Any, *, survivor_id: UUID, absorbed_id: UUID, moved: dict[str, Any]) -> None:
    """Receiver of `unmerging`: gives back what came with the absorbed member, as it is today.

    Only one of the two had a real name, so that what was changed since is that person's.
    """
    if not (moved.get("real_name") or {}).get("versions"):
        return
    for table in (RealName, BankCard, Claim):
        theirs = update(table).where(table.member_id == survivor_id)
        back = theirs.values(member_id=absorbed_id)
        db.session.execute(back.execution_options(synchronize_session=False))


def _present(member_id: UUID) -> bool:
    wanted = select(RealName.id).where(
        RealName.member_id == member_id, RealName.replaced_at.is_(None)
    )
    return db.session.scalar(wanted) is not None


def _move(table: Any, key: Any, from_id: UUID, to_id: UUID) -> list[str]:
    moved = update(table).where(table.member_id == from_id).values(member_id=to_id)
    found = db.session.scalars(moved.returning(key).execution_options(synchronize_session=False))
    return [str(each) for each in found]
