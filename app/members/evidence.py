"""What is on record about who brought a member: the binding, those before it, who changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.core.db import db
from app.core.world import bucket_of
from app.members import bindings, reviews
from app.members.bindings import Bound
from app.members.corrections import service as corrections
from app.members.models import Binding, FormerBinding, Merge

MOST = 50


@dataclass(frozen=True, slots=True)
class Former:
    """A binding that another took the place of, at a moment (UTC); `why` is a word of this room."""

    binding: Mapping[str, Any]
    why: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that two of the staff carried out (UTC); bindings as evidence keeps them."""

    id: UUID
    reason: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    proposed_by: UUID
    decided_by: UUID | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Merged:
    """Two accounts of one person became one (UTC), and with it maybe the binding another."""

    absorbed_id: UUID
    survivor_id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    merged_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything on record, oldest first; the newest 50 of each kind."""

    member_id: UUID
    binding: Bound | None
    home_store_at: datetime | None
    former: list[Former]
    corrections: list[Corrected]
    merges: list[Merged]


def evidence(member_id: UUID) -> Evidence:
    """The record of a member and of all accounts merged into them, in the current unit of work."""
    everyone = reviews.everyone_of(member_id)
    mine = (Binding.bucket == bucket_of(member_id)) & (Binding.member_id == member_id)
    return Evidence(
        member_id=member_id,
        binding=bindings.binding(member_id),
        home_store_at=db.session.scalar(select(Binding.home_store_at).where(mine)),
        former=_former(everyone),
        corrections=[
            Corrected(
                each.id,
                each.reason,
                each.before,
                each.after,
                each.proposed_by,
                each.decided_by,
                each.decided_at,
            )
            for each in corrections.applied_to(everyone)
        ],
        merges=_merges(everyone),
    )


def _former(everyone: list[UUID]) -> list[Former]:
    theirs = select(FormerBinding).where(FormerBinding.member_id.in_(everyone))
    newest = theirs.order_by(FormerBinding.replaced_at.desc(), FormerBinding.id.desc()).limit(MOST)
    return [Former(row.binding, row.why, row.replaced_at) for row in db.session.scalars(newest)][
        ::-1
    ]


def _merges(everyone: list[UUID]) -> list[Merged]:
    either = or_(Merge.survivor_id.in_(everyone), Merge.absorbed_id.in_(everyone))
    newest = select(Merge).where(either).order_by(Merge.id.desc()).limit(MOST)
    return [
        Merged(
            row.absorbed_id,
            row.survivor_id,
            row.moved["members"].get("binding_before"),
            row.moved["members"].get("binding_after"),
            row.merged_at,
            row.undone_at,
        )
        for row in db.session.scalars(newest)
    ][::-1]
