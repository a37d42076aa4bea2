"""Two members who turn out to be one person (WeChat fact B11: the unionid appears later).

Whoever has no past is absorbed by the other; if neither has one, the later by the earlier. A past
is what somebody paid, earned, ordered or withdrew, and whom they brought. If both have one, both
stay, and staff decide (`reviews`). The binding to whoever's code was scanned first is the one that
stays. Each merge leaves evidence, with which it can be undone (`unmerging`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from blinker import Signal
from sqlalchemy import Update, select, update

from app.core import auth, idempotency
from app.core.db import TryAgain, db
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.members import bindings, identities, past, recommenders, trees
from app.members.bindings import Bound
from app.members.errors import CannotMerge, MemberUnknown
from app.members.models import Member, Merge, Review

Proof = dict[str, Any]
Moved = dict[str, Any]

merging = Signal(
    "receiver(sender, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict or None: moves "
    "or returns, in the current unit, what a room keeps for the absorbed member; evidence of it, "
    "under the room's own name; raises CannotMerge if it cannot"
)


class _Member(NamedTuple):
    id: UUID
    state: str
    state_at: datetime | None
    merged_into: UUID | None


def merge(one_id: UUID, other_id: UUID, proof: Proof | None = None) -> UUID:
    """Makes two members one, in the current unit of work; the member that stays.

    `proof` is kept as evidence. Raises CannotMerge (both have a past, one is part of a third, or
    no room has answered for the members' money), MemberUnknown, TryAgain. Locks both members
    and the tops of their trees, in the order of their ids.
    """
    earlier, later = _locked(one_id, other_id)
    if later.merged_into == earlier.id:
        return earlier.id
    if earlier.merged_into == later.id:
        return later.id
    pasts = [member.id for member in (earlier, later) if has_past(member.id)]
    if len(pasts) == 2:
        raise CannotMerge("both have a past")
    survivor, absorbed = (later, earlier) if pasts == [later.id] else (earlier, later)
    if pasts and _bindings_differ(survivor.id, absorbed.id):
        raise CannotMerge("the other one was brought earlier, by somebody else")
    _absorb(survivor, absorbed, proof or {}, had_past=False)
    return survivor.id


def merge_pasts(one_id: UUID, other_id: UUID, proof: Proof) -> UUID:
    """Makes two members one who both have a past: the earlier stays; the merge's id.

    For staff who have decided so; raises what `merge` raises.
    """
    earlier, later = _locked(one_id, other_id)
    return _absorb(earlier, later, proof, had_past=True)


def has_past(member_id: UUID) -> bool:
    """Whether the member brought anybody, or any room keeps something of theirs for good.

    Raises CannotMerge where no room answers for members' money.
    """
    if not past.is_answered_for():
        raise CannotMerge("no room answers for what members keep")
    return bool(bindings.recommended_count(member_id)) or past.keeps_past(member_id)


def _absorb(survivor: _Member, absorbed: _Member, proof: Proof, *, had_past: bool) -> UUID:
    if absorbed.merged_into is not None or survivor.merged_into is not None:
        raise CannotMerge("one of them is part of a third member")
    if trees.is_below(survivor.id, absorbed.id):
        raise CannotMerge("the one who would stay was brought by the other")
    answers = merging.send(
        "members", survivor_id=survivor.id, absorbed_id=absorbed.id, had_past=had_past
    )
    moved: Moved = {}
    for _, answer in answers:
        moved |= answer or {}
    moved["members"] = _move(survivor, absorbed)
    merge_id = new_id(bucket_of(survivor.id))
    db.session.add(
        Merge(
            bucket=bucket_of(survivor.id),
            id=merge_id,
            survivor_id=survivor.id,
            absorbed_id=absorbed.id,
            had_past=had_past,
            proof=proof,
            moved=moved,
            merged_at=now(),
        )
    )
    db.session.flush()
    _close_review(survivor.id, absorbed.id, merge_id)
    return merge_id


def _close_review(one_id: UUID, other_id: UUID, merge_id: UUID) -> None:
    """Staff need not decide any more about a pair that became one by itself."""
    earlier, later = sorted((one_id, other_id))
    closed = update(Review).where(
        Review.bucket == bucket_of(later),
        Review.member_id == later,
        Review.same_person_as == earlier,
        Review.state == "waiting",
    )
    values = {"state": "merged", "merge_id": merge_id}
    db.session.execute(closed.values(values).execution_options(synchronize_session=False))


def _move(survivor: _Member, absorbed: _Member) -> Moved:
    """Moves what this room keeps, and sessions and answers; what was moved, for the evidence."""
    moved: Moved = {
        "identities": identities.move_all(absorbed.id, survivor.id),
        "brought": [str(each) for each in bindings.hand_over(absorbed.id, survivor.id)],
        "binding_before": bindings.told(bindings.binding(survivor.id)),
        "state_before": survivor.state,
        "sessions": auth.move_sessions(absorbed.id, survivor.id),
        "answers": idempotency.copy_answers(absorbed.id, survivor.id),
    }
    set_member(absorbed.id, merged_into=survivor.id)
    if survivor.state == "not_following" or _is_newer(absorbed, survivor):
        set_member(survivor.id, state=absorbed.state, state_at=absorbed.state_at)
    moved["binding_after"] = bindings.told(_first_binding(survivor.id, absorbed.id))
    return moved


def _is_newer(one: _Member, other: _Member) -> bool:
    """Whether it was this one that followed last: then that is where the person is now."""
    if one.state != "following" or one.state_at is None:
        return False
    return other.state_at is None or one.state_at > other.state_at


def _first_binding(survivor_id: UUID, absorbed_id: UUID) -> Bound | None:
    """Whoever's code was scanned first has brought the person, whichever account it was.

    Unless people have corrected one of the two bindings, or it would make the person their own
    recommender now: the other one counts then, and without any the platform has brought them.
    """
    own, theirs = bindings.binding(survivor_id), bindings.binding(absorbed_id)
    ranked = [theirs, own] if _comes_before(theirs, own) else [own, theirs]
    fitting = [bound for bound in ranked if bound and not _is_self(survivor_id, bound)]
    if not fitting:
        return _by_platform(own) if own is not None else None
    return own if fitting[0] is own else bindings.take_over(survivor_id, fitting[0])


def _comes_before(theirs: Bound | None, own: Bound | None) -> bool:
    """Whether the absorbed member's binding counts before the survivor's own."""
    if theirs is None or own is None:
        return own is None
    if bindings.CORRECTION in (own.channel, theirs.channel):
        return own.channel != bindings.CORRECTION
    return bindings.is_earlier(theirs.bound_at, own)


def _is_self(survivor_id: UUID, bound: Bound) -> bool:
    behind = recommenders.person_behind(bound.recommender_kind, bound.recommender_id)
    return survivor_id in (bound.recommender_id, behind)


def _by_platform(own: Bound) -> Bound | None:
    platform = replace(own, recommender_kind="platform", recommender_id=PLATFORM_ID, scene=None)
    return bindings.take_over(own.member_id, platform)


def _bindings_differ(survivor_id: UUID, absorbed_id: UUID) -> bool:
    """Whether money already went by a binding that was not the person's first."""
    own, theirs = bindings.binding(survivor_id), bindings.binding(absorbed_id)
    if own is None or theirs is None or not _comes_before(theirs, own):
        return False
    names = ("recommender_id", "home_store_id")
    return any(getattr(own, name) != getattr(theirs, name) for name in names)


def _locked(one_id: UUID, other_id: UUID) -> tuple[_Member, _Member]:
    """The earlier and the later of two members, locked with the tops of their trees.

    The tops keep both from being hung below each other meanwhile (see `bindings`).
    """
    if one_id == other_id:
        raise MemberUnknown()
    found = hold_family(one_id, other_id)
    earlier, later = sorted((one_id, other_id))  # ids grow with the moment of registering
    return found[earlier], found[later]


def hold_family(one_id: UUID, other_id: UUID) -> dict[UUID, _Member]:
    """Locks two members and the tops of their trees, in the order of their ids; who they are.

    Raises MemberUnknown; TryAgain when a tree moved meanwhile.
    """
    family = trees.family((one_id, other_id))
    found = {member_id: _lock(member_id) for member_id in family}
    if trees.family((one_id, other_id)) != family:
        raise TryAgain()
    return found


def _lock(member_id: UUID) -> _Member:
    row = db.session.execute(
        select(Member.id, Member.state, Member.state_at, Member.merged_into)
        .where(Member.bucket == bucket_of(member_id), Member.id == member_id)
        .with_for_update()
    ).first()
    if row is None:
        raise MemberUnknown()
    return _Member(*row)


def set_member(member_id: UUID, **values: object) -> None:
    """Changes columns of a member, in the current unit of work."""
    changed: Update = update(Member).where(
        Member.bucket == bucket_of(member_id), Member.id == member_id
    )
    db.session.execute(changed.values(values).execution_options(synchronize_session=False))
