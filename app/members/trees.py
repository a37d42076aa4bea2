"""The trees of who brought whom: their tops, their locks, and that they never close into a loop.

A member without a binding to another member is the top of a tree. Whoever hangs a member under
another tree locks the tops of both trees, in the order of their ids: so no edge below either
changes meanwhile, at any depth, and two members who scan each other at the same moment cannot both
succeed.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select, text

from app.core.db import TryAgain, db
from app.core.world import bucket_of
from app.members.errors import BindingLoop, MemberMerged, MemberUnknown, SelfBinding
from app.members.models import Member

CHAIN = """
    WITH RECURSIVE chain AS (
        SELECT CAST(:bucket AS smallint) AS bucket, CAST(:id AS uuid) AS id
        UNION
        SELECT b.recommender_bucket, b.recommender_id FROM chain
        JOIN members_binding AS b ON b.bucket = chain.bucket AND b.member_id = chain.id
        WHERE b.recommender_kind = 'member'
    )
"""
TOP = text(
    CHAIN
    + """
    SELECT chain.id FROM chain WHERE NOT EXISTS (
        SELECT FROM members_binding AS b WHERE b.bucket = chain.bucket
        AND b.member_id = chain.id AND b.recommender_kind = 'member')
    """
)
BELOW = text(CHAIN + "SELECT EXISTS (SELECT FROM chain WHERE id = :other AND id <> :id)")


def top_of(member_id: UUID) -> UUID:
    """Whoever stands at the beginning of the chain that brought the member; maybe themselves."""
    top: UUID = db.session.execute(
        TOP, {"bucket": bucket_of(member_id), "id": member_id}
    ).scalar_one()
    return top


def is_below(member_id: UUID, other_id: UUID) -> bool:
    """Whether the other brought the member, at any depth."""
    values = {"bucket": bucket_of(member_id), "id": member_id, "other": other_id}
    return bool(db.session.execute(BELOW, values).scalar_one())


def is_in_loop(member_id: UUID) -> bool:
    """Whether the chain that brought the member leads into a loop: it has no beginning then."""
    values = {"bucket": bucket_of(member_id), "id": member_id}
    return db.session.execute(TOP, values).first() is None


def hold(member_id: UUID, recommender_id: UUID) -> None:
    """Locks what hanging the member below the recommender takes, until the unit of work ends.

    Raises SelfBinding, BindingLoop, MemberUnknown, MemberMerged; TryAgain when the tree moved
    meanwhile.
    """
    if recommender_id == member_id:
        raise SelfBinding()
    top, own_top = top_of(recommender_id), top_of(member_id)
    lock([member_id, top, own_top])
    if (top_of(recommender_id), top_of(member_id)) != (top, own_top):
        raise TryAgain()
    if top == member_id or is_below(recommender_id, member_id):
        raise BindingLoop()


def hold_alone(member_id: UUID) -> None:
    """Locks what taking the member out of their tree takes, until the unit of work ends.

    Raises MemberUnknown, MemberMerged; TryAgain when the tree moved meanwhile.
    """
    own_top = top_of(member_id)
    lock([member_id, own_top])
    if top_of(member_id) != own_top:
        raise TryAgain()


def lock(member_ids: list[UUID]) -> None:
    """Locks members in the order of their ids; the first one named is the one it is about.

    Raises MemberUnknown; MemberMerged if that one has become another, TryAgain if one of the rest.
    """
    for member_id in sorted(set(member_ids)):
        found = _locked(member_id)
        if found is not None:
            raise MemberMerged() if member_id == member_ids[0] else TryAgain()


def family(member_ids: Collection[UUID]) -> list[UUID]:
    """The members with the tops of their trees, in the order in which they are locked."""
    return sorted({*member_ids, *(top_of(member_id) for member_id in member_ids)})


def _locked(member_id: UUID) -> UUID | None:
    row = select(Member.merged_into).where(_row(member_id))
    found = db.session.execute(row.with_for_update(key_share=True)).first()
    if found is None:
        raise MemberUnknown()
    merged_into: UUID | None = found.merged_into
    return merged_into


def _row(member_id: UUID) -> ColumnElement[bool]:
    return (Member.bucket == bucket_of(member_id)) & (Member.id == member_id)
