"""Who brought whom, for good. No self-binding, no loops at any depth (`trees`), no rebinding."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from app.core.config import settings
from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.members import past, recommenders, trees
from app.members.errors import (
    AlreadyBound,
    BindingLoop,
    HomeStoreChosen,
    MemberMerged,
    MemberUnknown,
    RecommenderUnknown,
)
from app.members.models import Binding, FormerBinding, Member
from app.members.reading import rows

RecommenderKind = Literal["platform", "salesperson", "member", "merchant"]

CORRECTABLE = timedelta(days=1)
CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who brings somebody, the store of the code if it names one, and the code as evidence."""

    recommender_kind: RecommenderKind
    recommender_id: UUID
    home_store_id: UUID | None = None
    scene: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A member's binding. `home_store_id` is None until it is known or chosen."""

    member_id: UUID
    recommender_kind: RecommenderKind
    recommender_id: UUID
    home_store_id: UUID | None
    scene: str | None
    channel: str
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class Recommended:
    """Somebody a member brought."""

    member_id: UUID
    bound_at: datetime


_COLUMNS = (
    Binding.member_id,
    Binding.recommender_kind,
    Binding.recommender_id,
    Binding.home_store_id,
    Binding.scene,
    Binding.channel,
    Binding.bound_at,
)


def binding(member_id: UUID) -> Bound | None:
    """The member's binding, or None while nobody has brought them."""
    found = rows(select(*_COLUMNS).where(_row(member_id)))
    return Bound(*tuple(found[0])) if found else None


def bindings_of(member_ids: Collection[UUID]) -> dict[UUID, Bound]:
    """The bindings of several members, those who have one, in one round trip."""
    found = rows(
        select(*_COLUMNS).where(
            Binding.bucket.in_({bucket_of(member_id) for member_id in member_ids}),
            Binding.member_id.in_(member_ids),
        )
    )
    return {row.member_id: Bound(*row) for row in found}


def bind(member_id: UUID, introduction: Introduction, channel: str, at: datetime) -> Bound:
    """Binds a member whom nobody has brought yet, in the current unit of work.

    Or who was, by a code that was scanned later than this one: news of a scan may come late, or
    by a slower door. That is put right within a day, while nothing has been paid or earned by the
    later one; what was before stays on record.

    Raises AlreadyBound, SelfBinding, BindingLoop, RecommenderUnknown, MemberUnknown, MemberMerged;
    TryAgain when the tree moved meanwhile.
    """
    kind, recommender_id = introduction.recommender_kind, introduction.recommender_id
    if kind != "member":
        trees.lock([member_id])
        recommenders.refuse_self(member_id, kind, recommender_id)
    else:
        try:
            trees.hold(member_id, present(recommender_id))
        except BindingLoop:
            _must_be_free(member_id)
            raise
    _make_room(member_id, introduction, at)
    return write(member_id, introduction, channel, at)


def hold(member_id: UUID, introduction: Introduction) -> None:
    """Locks what binding a member anew takes, before `replace`; in the current unit of work.

    Raises SelfBinding, BindingLoop, RecommenderUnknown, MemberUnknown, MemberMerged, TryAgain.
    Locks the member and the tops of the trees concerned.
    """
    kind, recommender_id = introduction.recommender_kind, introduction.recommender_id
    if kind == "member":
        trees.hold(member_id, present(recommender_id))
    else:
        trees.hold_alone(member_id)
        recommenders.refuse_self(member_id, kind, recommender_id)


def replace(
    member_id: UUID, introduction: Introduction, channel: str, at: datetime, why: str
) -> Bound:
    """Puts another binding in the place of the member's, in a unit of work that `hold`s it,
    because people decided so; what was before stays on record. `at`: since when (UTC) it counts.
    """
    keep_former(member_id, why)
    remove(member_id)
    return write(member_id, introduction, channel, at)


def write(member_id: UUID, introduction: Introduction, channel: str, at: datetime) -> Bound:
    """Writes a binding that cannot close a loop: the member is new, or `bind` has looked.

    Raises RecommenderUnknown. Holds a weak lock on a recommending member until the unit ends,
    so that they are not merged into another meanwhile.
    """
    kind, recommender_id = introduction.recommender_kind, introduction.recommender_id
    home_store_id = introduction.home_store_id
    if kind == "member":
        recommender_id = present(recommender_id)
        if home_store_id is None and settings().home_store_inherited:
            theirs = binding(recommender_id)
            home_store_id = theirs.home_store_id if theirs else None
    row = Binding(
        bucket=bucket_of(member_id),
        member_id=member_id,
        recommender_kind=kind,
        recommender_bucket=bucket_of(recommender_id),
        recommender_id=recommender_id,
        home_store_id=home_store_id,
        home_store_at=at if home_store_id else None,
        scene=introduction.scene,
        channel=channel,
        bound_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return Bound(member_id, kind, recommender_id, home_store_id, row.scene, channel, at)


def present(recommender_id: UUID) -> UUID:
    """The member a recommender is today: themselves, or the one they were merged into.

    Takes a weak lock (FOR KEY SHARE). Raises RecommenderUnknown.
    """
    found = db.session.execute(
        select(Member.merged_into)
        .where(_member(recommender_id))
        .with_for_update(read=True, key_share=True)
    ).first()
    if found is None:
        raise RecommenderUnknown()
    return present(found.merged_into) if found.merged_into else recommender_id


def hand_over(from_id: UUID, to_id: UUID) -> list[UUID]:
    """Whom one member brought, the other has brought from now on; their ids.

    In the current unit of work, which holds both members locked. Shares of past sales stay.
    """
    theirs = (Binding.recommender_id == from_id) & (Binding.recommender_kind == "member")
    moved = update(Binding).where(theirs).values(_by(to_id)).returning(Binding.member_id)
    return list(db.session.scalars(moved.execution_options(synchronize_session=False)))


def give_back(member_ids: Collection[UUID], from_id: UUID, to_id: UUID) -> None:
    """Undoes `hand_over` for those who still count as brought by `from_id`."""
    these = Binding.member_id.in_(member_ids) & (Binding.recommender_id == from_id)
    changed = update(Binding).where(these).values(_by(to_id))
    db.session.execute(changed.execution_options(synchronize_session=False))


def _by(recommender_id: UUID) -> dict[str, object]:
    return {"recommender_bucket": bucket_of(recommender_id), "recommender_id": recommender_id}


def take_over(member_id: UUID, other: Bound) -> Bound | None:
    """Gives the member the binding of another account of the same person; what holds now.

    In the current unit of work, which holds the trees' tops locked. A binding that would close a
    loop is not taken over.
    """
    recommender_id = other.recommender_id
    if other.recommender_kind == "member":
        recommender_id = present(recommender_id)
        if recommender_id == member_id or trees.is_below(recommender_id, member_id):
            return binding(member_id)
    remove(member_id)
    values = asdict(other) | {"member_id": member_id, "bucket": bucket_of(member_id)}
    values |= _by(recommender_id)
    values["home_store_at"] = other.bound_at if other.home_store_id else None
    db.session.execute(insert(Binding).values(values))
    return binding(member_id)


def is_earlier(moment: datetime, bound: Bound) -> bool:
    """Whether a scan at `moment` came before the one that bound: WeChat tells whole seconds."""
    return moment.replace(microsecond=0) < bound.bound_at.replace(microsecond=0)


def remove(member_id: UUID) -> None:
    """Takes a member's binding away, in the current unit of work: another takes its place."""
    gone = delete(Binding).where(_row(member_id))
    db.session.execute(gone.execution_options(synchronize_session=False))


def require_present(member_id: UUID) -> None:
    """Raises MemberMerged for a member who has become another one, MemberUnknown for nobody.

    In the current unit of work; until it ends nobody absorbs the member (FOR KEY SHARE).
    """
    found = db.session.execute(
        select(Member.merged_into)
        .where(_member(member_id))
        .with_for_update(read=True, key_share=True)
    ).first()
    if found is None:
        raise MemberUnknown()
    if found.merged_into is not None:
        raise MemberMerged()


def today(member_id: UUID) -> UUID:
    """Who a member is today: themselves, or whom they were merged into. Takes no lock."""
    found = rows(select(Member.merged_into).where(_member(member_id)))
    return today(found[0].merged_into) if found and found[0].merged_into else member_id


def choose_home_store(member_id: UUID, store_id: UUID, at: datetime) -> UUID:
    """Sets the home store once, in the current unit of work; the same choice again is fine.

    A member whom nobody has brought until then was brought by the platform. Raises
    HomeStoreChosen (another store is home), MemberUnknown, MemberMerged. Locks the member.
    """
    trees.lock([member_id])
    bound = binding(member_id)
    if bound is None:
        introduction = Introduction("platform", PLATFORM_ID, home_store_id=store_id)
        write(member_id, introduction, "home_store_choice", at)
    elif bound.home_store_id is None:
        values = {"home_store_id": store_id, "home_store_at": at}
        chosen = update(Binding).where(_row(member_id)).values(values)
        db.session.execute(chosen.execution_options(synchronize_session=False))
    elif bound.home_store_id != store_id:
        raise HomeStoreChosen()
    return store_id


def recommended_by(member_id: UUID, limit: int = 100) -> list[Recommended]:
    """Whom a member brought, newest first."""
    found = rows(
        select(Binding.member_id, Binding.bound_at)
        .where(Binding.recommender_id == member_id, Binding.recommender_kind == "member")
        .order_by(Binding.bound_at.desc(), Binding.member_id)
        .limit(limit)
    )
    return [Recommended(*tuple(row)) for row in found]


def recommended_count(member_id: UUID) -> int:
    """How many a member brought."""
    mine = (Binding.recommender_id == member_id) & (Binding.recommender_kind == "member")
    return int(rows(select(func.count()).where(mine))[0][0])


def _make_room(member_id: UUID, introduction: Introduction, at: datetime) -> None:
    """Takes a binding by a later scan away and records it. Raises AlreadyBound for any other."""
    bound = binding(member_id)
    if bound is None:
        return
    is_first = introduction.scene is not None and is_earlier(at, bound)
    if bound.channel == CORRECTION:  # people have looked at it since
        raise AlreadyBound()
    if not is_first or bound.bound_at - at > CORRECTABLE or _is_home_chosen(member_id):
        raise AlreadyBound()
    if not past.is_answered_for() or past.keeps_past(member_id):
        raise AlreadyBound()
    keep_former(member_id, "scanned_later")
    remove(member_id)


def keep_former(member_id: UUID, why: str) -> None:
    """Keeps a member's binding on record, before another takes its place, in the current unit."""
    bound = binding(member_id)
    if bound is None:
        return
    row = FormerBinding(
        bucket=bucket_of(member_id),
        id=new_id(bucket_of(member_id)),
        member_id=member_id,
        binding=told(bound) or {},
        why=why,
        replaced_at=now(),
    )
    db.session.add(row)


def told(bound: Bound | None) -> dict[str, str | None] | None:
    """A binding as evidence keeps it; None for none."""
    if bound is None:
        return None
    return {name: None if value is None else str(value) for name, value in asdict(bound).items()}


def _is_home_chosen(member_id: UUID) -> bool:
    """Whether the member chose a home store themselves since."""
    found = db.session.execute(
        select(Binding.home_store_at, Binding.bound_at).where(_row(member_id))
    ).first()
    return bool(found and found.home_store_at and found.home_store_at != found.bound_at)


def _must_be_free(member_id: UUID) -> None:
    if db.session.scalar(select(Binding.member_id).where(_row(member_id))):
        raise AlreadyBound()


def _row(member_id: UUID) -> ColumnElement[bool]:
    return (Binding.bucket == bucket_of(member_id)) & (Binding.member_id == member_id)


def _member(member_id: UUID) -> ColumnElement[bool]:
    return (Member.bucket == bucket_of(member_id)) & (Member.id == member_id)
