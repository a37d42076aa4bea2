"""Undoing a merge of two members: possible while nothing later contradicts it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from blinker import Signal
from sqlalchemy import exists, select

from app.core import auth
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, now
from app.members import bindings, identities, trees
from app.members.bindings import Bound
from app.members.errors import CannotUndo
from app.members.merging import hold_family, set_member
from app.members.models import Merge, Review

unmerging = Signal(
    "receiver(sender, survivor_id: UUID, absorbed_id: UUID, moved: dict): undoes, in the current "
    "unit, what the room did for `merging`; raises CannotUndo if something later contradicts"
)


def undo(merge_id: UUID, staff_id: UUID, reason: str) -> Merge:
    """Makes two members of one again, in the current unit of work; the evidence with its end.

    Both have to sign in again, and stay apart until staff decide otherwise. Raises NotFound,
    CannotUndo. Locks both members and the tops of their trees, in the order of their ids.
    """
    row = db.session.scalar(
        select(Merge)
        .where(Merge.bucket == bucket_of(merge_id), Merge.id == merge_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound()
    _check(row)
    names = {"survivor_id": row.survivor_id, "absorbed_id": row.absorbed_id}
    unmerging.send("members", **names, moved=row.moved)
    _move_back(row)
    row.undone_at, row.undone_by, row.undo_reason = now(), staff_id, reason
    _keep_apart(row, staff_id, reason)
    db.session.flush()
    return row


def _check(row: Merge) -> None:
    survivor = hold_family(row.survivor_id, row.absorbed_id)[row.survivor_id]
    if row.undone_at is not None or survivor.merged_into is not None:
        raise CannotUndo("the merge was undone, or followed by another")
    later = exists().where(
        Merge.survivor_id == row.survivor_id, Merge.id > row.id, Merge.undone_at.is_(None)
    )
    if db.session.scalar(select(later)):
        raise CannotUndo("another member was merged since")
    moved = row.moved["members"]
    before, after = moved["binding_before"], moved["binding_after"]
    if before != after and bindings.told(bindings.binding(row.survivor_id)) != after:
        raise CannotUndo("the binding was corrected since, or a home store chosen")


def _move_back(row: Merge) -> None:
    moved: dict[str, Any] = row.moved["members"]
    survivor_id, absorbed_id = row.survivor_id, row.absorbed_id
    set_member(absorbed_id, merged_into=None)
    identities.move_back(moved["identities"], survivor_id, absorbed_id)
    brought = [UUID(each) for each in moved["brought"]]
    bindings.give_back(brought, survivor_id, absorbed_id)
    before, after = moved["binding_before"], moved["binding_after"]
    if before != after:
        bindings.remove(survivor_id)
        if before is not None:
            bindings.take_over(survivor_id, _bound(before))
    if any(trees.is_in_loop(member_id) for member_id in (survivor_id, absorbed_id)):
        raise CannotUndo("somebody brought since would have brought themselves")
    set_member(survivor_id, state=moved["state_before"])
    for member_id in (survivor_id, absorbed_id):
        auth.revoke_sessions(member_id)


def _bound(told: dict[str, Any]) -> Bound:
    return Bound(
        member_id=UUID(told["member_id"]),
        recommender_kind=told["recommender_kind"],
        recommender_id=UUID(told["recommender_id"]),
        home_store_id=UUID(told["home_store_id"]) if told["home_store_id"] else None,
        scene=told["scene"],
        channel=told["channel"],
        bound_at=datetime.fromisoformat(told["bound_at"]),
    )


def _keep_apart(row: Merge, staff_id: UUID, reason: str) -> None:
    """The same proof would bring them together again at once: from now on staff decide."""
    earlier, later = sorted((row.survivor_id, row.absorbed_id))
    key = (bucket_of(later), later, earlier)
    review = db.session.get(Review, key, with_for_update=True)
    if review is None:
        review = Review(
            bucket=bucket_of(later),
            member_id=later,
            same_person_as=earlier,
            why="undone",
            proof=row.proof,
            noticed_at=now(),
        )
        db.session.add(review)
    review.state, review.proposal, review.proposal_reason = "kept_apart", "keep_apart", reason
    review.proposed_by, review.proposed_at = staff_id, now()
    review.decided_by, review.decided_at, review.merge_id = None, now(), row.id
