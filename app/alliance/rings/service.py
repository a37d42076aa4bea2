"""Findings and decisions: open, cleared with a reason, or confirmed.

Nobody is punished by a finding. A confirmed one makes withdrawals of those who take part wait for a
reviewer (the wallet's rule `ring`), and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.alliance.rings import wording
from app.alliance.rings.errors import RingOpenAgain, RingUnchanged
from app.alliance.rings.models import Ring, RingStep
from app.alliance.rings.rules import Finding
from app.core.db import db, one_at_a_time, read
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.members import service as members

PAGE = 50
MOST_PARTIES = 500
State = Literal["open", "cleared", "confirmed"]


def note(finding: Finding) -> bool:
    """Writes a finding down, in the current unit of work; whether it is a new one.

    One that is open is brought up to date. One that people have decided comes again only with
    somebody who took no part in it then.
    """
    one_at_a_time(f"alliance/ring/{finding.rule}/{finding.subject_id}")
    known = db.session.scalars(
        select(Ring)
        .where(
            Ring.bucket == bucket_of(finding.subject_id),
            Ring.rule == finding.rule,
            Ring.subject_id == finding.subject_id,
        )
        .order_by(Ring.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if known is not None and known.state == "open":
        _tell(known, finding)
        return False
    if known is not None and set(finding.parties) <= set(known.parties):
        known.seen_at = now()
        return False
    return _insert(finding)


def decide(ring_id: UUID, state: State, reason: str, staff_id: UUID) -> Ring:
    """Clears or confirms a finding, or opens it again, in the current unit, under its lock.

    Raises NotFound, RingUnchanged, RingOpenAgain.
    """
    known = ring(ring_id)
    one_at_a_time(f"alliance/ring/{known.rule}/{known.subject_id}")
    key = (bucket_of(ring_id), ring_id)
    row = db.session.get_one(Ring, key, with_for_update=True, populate_existing=True)
    if row.state == state:
        raise RingUnchanged()
    if state == "open" and _is_open(row):
        raise RingOpenAgain()
    row.state = state
    step = RingStep(
        bucket=row.bucket,
        ring_id=ring_id,
        number=len(steps_of(ring_id)) + 1,
        state=state,
        reason=reason,
        decided_by=staff_id,
        decided_at=now(),
    )
    db.session.add(step)
    db.session.flush()
    return row


def ring(ring_id: UUID) -> Ring:
    """One finding, in the current unit of work. Raises NotFound."""
    row = db.session.get(Ring, (bucket_of(ring_id), ring_id))
    if row is None:
        raise NotFound()
    return row


def steps_of(ring_id: UUID) -> Sequence[RingStep]:
    """What was decided about a finding, oldest first, in the current unit of work."""
    theirs = (RingStep.bucket == bucket_of(ring_id), RingStep.ring_id == ring_id)
    return db.session.scalars(select(RingStep).where(*theirs).order_by(RingStep.number)).all()


def page(state: State, rule: str | None, after: UUID | None) -> Sequence[Ring]:
    """Findings of a state in the order of their ids, a page at a time, in the current unit."""
    wanted = select(Ring).where(Ring.state == state)
    if rule is not None:
        wanted = wanted.where(Ring.rule == rule)
    if after is not None:
        wanted = wanted.where(Ring.id > after)
    return db.session.scalars(wanted.order_by(Ring.id).limit(PAGE)).all()


def is_confirmed(owner_id: UUID, *, member_id: UUID | None) -> bool:
    """Receiver of the wallet's `ring_asked`: whether people have confirmed a ring in which this
    owner takes part, by any of their accounts. In the current unit of work."""
    persons = [owner_id]
    if member_id is not None:
        persons += members.everyone_of(member_id)
    confirmed = (Ring.state == "confirmed") & Ring.parties.overlap(persons)
    return db.session.scalar(select(Ring.id).where(confirmed).limit(1)) is not None


def are_together(some: Collection[UUID], others: Collection[UUID]) -> bool:
    """Whether people have confirmed a ring in which one of these takes part beside one of those,
    in the current unit of work."""
    both = Ring.parties.overlap(list(some)) & Ring.parties.overlap(list(others))
    confirmed = select(Ring.id).where(Ring.state == "confirmed", both)
    return db.session.scalar(confirmed.limit(1)) is not None


def open_count() -> int:
    """How many findings wait for people."""
    return int(read(select(func.count()).where(Ring.state == "open"))[0][0])


def _insert(finding: Finding) -> bool:
    bucket = bucket_of(finding.subject_id)
    moment = now()
    zh, en = wording.sentence(finding)
    values = {
        "bucket": bucket,
        "id": new_id(bucket),
        "rule": finding.rule,
        "subject_kind": finding.subject_kind,
        "subject_id": finding.subject_id,
        "parties": list(finding.parties[:MOST_PARTIES]),
        "figures": finding.figures,
        "sentence": zh,
        "sentence_en": en,
        "state": "open",
        "found_at": moment,
        "seen_at": moment,
    }
    made = insert(Ring).values(values).on_conflict_do_nothing()
    return db.session.scalar(made.returning(Ring.id)) is not None


def _tell(row: Ring, finding: Finding) -> None:
    row.parties, row.figures = list(finding.parties[:MOST_PARTIES]), finding.figures
    row.sentence, row.sentence_en = wording.sentence(finding)
    row.seen_at = now()
    db.session.flush()


def _is_open(row: Ring) -> bool:
    same = (
        Ring.bucket == row.bucket,
        Ring.rule == row.rule,
        Ring.subject_id == row.subject_id,
        Ring.state == "open",
    )
    return db.session.scalar(select(Ring.id).where(*same)) is not None
