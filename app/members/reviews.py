"""Members who are one person and cannot become one by themselves: two of the staff decide.

One proposes, with a reason, to merge them or to keep them apart; another one confirms or
declines. Nothing moves before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import four_eyes
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, now
from app.members import merging
from app.members.errors import NotDecidable
from app.members.models import Member, Merge, Review
from app.members.reading import rows

Proposal = Literal["merge", "keep_apart"]
OPEN = ("waiting", "proposed")


def mark_same_person(
    one_id: UUID, other_id: UUID, *, why: str = "", proof: merging.Proof | None = None
) -> None:
    """Puts two members on the list for staff, in the current unit; a pair only once."""
    earlier, later = sorted((one_id, other_id))
    values = {
        "bucket": bucket_of(later),
        "member_id": later,
        "same_person_as": earlier,
        "state": "waiting",
        "why": why,
        "proof": proof or {},
        "noticed_at": now(),
    }
    db.session.execute(insert(Review).values(values).on_conflict_do_nothing())


def is_decided(one_id: UUID, other_id: UUID) -> bool:
    """Whether staff look after this pair already, or have kept them apart."""
    earlier, later = sorted((one_id, other_id))
    found = select(Review.state).where(
        Review.bucket == bucket_of(later),
        Review.member_id == later,
        Review.same_person_as == earlier,
        Review.state.in_(("proposed", "kept_apart")),
    )
    return bool(rows(found))


def same_person_count() -> int:
    """How many pairs wait for staff."""
    return int(rows(select(func.count()).where(Review.state.in_(OPEN)))[0][0])


def same_persons(limit: int = 100) -> list[Review]:
    """The pairs that wait for staff, newest first, in the current unit of work."""
    wanted = select(Review).where(Review.state.in_(OPEN))
    newest = wanted.order_by(Review.noticed_at.desc(), Review.member_id.desc())
    return list(db.session.scalars(newest.limit(limit)))


def review(member_id: UUID, same_person_as: UUID) -> Review:
    """One pair, in the current unit of work. Raises NotFound."""
    found = db.session.get(Review, (bucket_of(member_id), member_id, same_person_as))
    if found is None:
        raise NotFound()
    return found


def merges_of(member_id: UUID) -> Sequence[Merge]:
    """The merges a member took part in, newest first, in the current unit of work."""
    either = (Merge.survivor_id == member_id) | (Merge.absorbed_id == member_id)
    return db.session.scalars(select(Merge).where(either).order_by(Merge.id.desc())).all()


def merges(member_id: UUID | None, before: UUID | None, limit: int) -> Sequence[Merge]:
    """Merges, newest first, in the current unit of work; of one member where one is named."""
    wanted = select(Merge).order_by(Merge.id.desc()).limit(limit)
    if member_id is not None:
        either = (Merge.survivor_id == member_id) | (Merge.absorbed_id == member_id)
        wanted = wanted.where(either)
    if before is not None:
        wanted = wanted.where(Merge.id < before)
    return db.session.scalars(wanted).all()


def everyone_of(member_id: UUID) -> list[UUID]:
    """The member and all who were merged into them, at any depth."""
    found = [member_id]
    for each in found:
        absorbed = select(Merge.absorbed_id).where(
            Merge.survivor_id == each, Merge.undone_at.is_(None)
        )
        found += [row.absorbed_id for row in rows(absorbed)]
    return found


def persons_of(member_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By member, all ids of the person: first who they are today, then all who were merged into
    them. As many questions as merges lie on top of each other, however many members."""
    today = {each: each for each in member_ids}
    open_ids = set(today.values())
    while open_ids:
        into = _merged_into(open_ids)
        today = {each: into.get(now_id, now_id) for each, now_id in today.items()}
        open_ids = set(into.values())
    people = {each: [each] for each in set(today.values())}
    behind = {each: each for each in people}
    while behind:
        absorbed = select(Merge.survivor_id, Merge.absorbed_id).where(
            Merge.survivor_id.in_(behind), Merge.undone_at.is_(None)
        )
        behind = {row.absorbed_id: behind[row.survivor_id] for row in rows(absorbed)}
        for absorbed_id, person in behind.items():
            people[person].append(absorbed_id)
    return {each: people[person] for each, person in today.items()}


def _merged_into(member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    wanted = select(Member.id, Member.merged_into).where(
        Member.bucket.in_({bucket_of(each) for each in member_ids}),
        Member.id.in_(member_ids),
        Member.merged_into.is_not(None),
    )
    return {row.id: row.merged_into for row in rows(wanted)}


@dataclass(frozen=True, slots=True)
class MergedWithPast:
    """A merge after which something may still come back to the absorbed member."""

    id: UUID
    absorbed_id: UUID


def merged_with_past(after: UUID | None, limit: int) -> list[MergedWithPast]:
    """Merges of members who had a past and were not undone, in the order of their ids."""
    wanted = select(Merge.id, Merge.absorbed_id).where(Merge.had_past, Merge.undone_at.is_(None))
    if after is not None:
        wanted = wanted.where(Merge.id > after)
    return [MergedWithPast(*row) for row in rows(wanted.order_by(Merge.id).limit(limit))]


def propose(
    member_id: UUID, same_person_as: UUID, proposal: Proposal, staff_id: UUID, reason: str
) -> Review:
    """Proposes what should become of a pair, in the current unit of work.

    Raises NotFound, NotDecidable where it was proposed or decided before.
    """
    found = _locked(member_id, same_person_as)
    if found.state != "waiting":
        raise NotDecidable()
    found.state, found.proposal, found.proposal_reason = "proposed", proposal, reason
    found.proposed_by, found.proposed_at = staff_id, now()
    return found


def decide(member_id: UUID, same_person_as: UUID, staff_id: UUID, *, is_confirmed: bool) -> Review:
    """Confirms a proposal, which is then carried out in the current unit, or declines it.

    A declined pair waits again. Raises NotFound, NotDecidable, SecondPersonNeeded for whoever
    proposed it, CannotMerge, TryAgain.
    """
    found = _locked(member_id, same_person_as)
    if found.state != "proposed":
        raise NotDecidable()
    four_eyes.require_other(staff_id, found.proposed_by)
    if not is_confirmed:
        found.state, found.proposal = "waiting", None
        return found
    found.decided_by, found.decided_at = staff_id, now()
    if found.proposal == "keep_apart":
        found.state = "kept_apart"
        return found
    proof = found.proof | {
        "proposed_by": str(found.proposed_by),
        "decided_by": str(staff_id),
        "reason": found.proposal_reason,
    }
    db.session.flush()
    found.merge_id = merging.merge_pasts(member_id, same_person_as, proof)
    found.state = "merged"
    return found


def _locked(member_id: UUID, same_person_as: UUID) -> Review:
    key = (bucket_of(member_id), member_id, same_person_as)
    found = db.session.get(Review, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found
