"""Writing a message, its review, and sending it batch by batch.

A batch, the notices it queues and the place it came to commit together: whoever is killed goes on
where the last batch ended, and a notice is unique by message and member.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from app.core import four_eyes, outbox
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.notices import outgoing
from app.notices.kinds import Kind
from app.notices.mailings import segments
from app.notices.mailings.errors import MailingNotInState
from app.notices.mailings.models import Mailing
from app.notices.models import Notice
from app.notices.texts import offered

SECONDS = 5.0
BATCH = 200
GONE_ON = {"pause": ("running", "scheduled"), "stop": ("running", "scheduled", "paused", "counted")}


def write(
    merchant_id: UUID | None, title: str, words: str, segment: dict[str, Any], staff_id: UUID
) -> Mailing:
    """Writes a message down, to be counted, in the current unit of work."""
    row = Mailing(
        id=new_id(bucket_of(merchant_id) if merchant_id else None),
        merchant_id=merchant_id,
        title=title,
        text=words,
        segment=segment,
        state="counting",
        counted=0,
        queued=0,
        written_by=staff_id,
        written_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def find(mailing_id: UUID, merchant_id: UUID | None = None) -> Mailing:
    """A message, of this merchant where one is named, in the current unit. Raises NotFound."""
    row = db.session.get(Mailing, mailing_id)
    if row is None or merchant_id not in (None, row.merchant_id):
        raise NotFound()
    return row


def page(merchant_id: UUID | None, before: UUID | None, limit: int) -> Sequence[Mailing]:
    """Messages, newest first, in the current unit of work."""
    wanted = select(Mailing)
    if merchant_id is not None:
        wanted = wanted.where(Mailing.merchant_id == merchant_id)
    if before is not None:
        wanted = wanted.where(Mailing.id < before)
    return db.session.scalars(wanted.order_by(Mailing.id.desc()).limit(limit)).all()


def review(
    mailing_id: UUID, staff_id: UUID, starts_at: datetime | None, reason: str | None
) -> Mailing:
    """Somebody else than its writer lets a counted message go at a moment, or (without one)
    rejects it with a reason. Raises NotFound, MailingNotInState, SecondPersonNeeded."""
    row = _locked(mailing_id, "counted")
    four_eyes.require_other(staff_id, row.written_by)
    row.reviewed_by, row.reviewed_at, row.reason = staff_id, now(), reason
    row.state, row.starts_at = ("scheduled" if starts_at else "rejected"), starts_at
    db.session.flush()
    return row


def pause(mailing_id: UUID, staff_id: UUID) -> Mailing:
    """Queues no more for now; what is queued goes out. Raises NotFound, MailingNotInState."""
    row = _locked(mailing_id, *GONE_ON["pause"])
    row.state, row.changed_by = "paused", staff_id
    db.session.flush()
    return row


def resume(mailing_id: UUID, staff_id: UUID) -> Mailing:
    """Goes on where it paused. Raises NotFound, MailingNotInState."""
    row = _locked(mailing_id, "paused")
    row.state, row.changed_by = "scheduled", staff_id
    db.session.flush()
    return row


def stop(mailing_id: UUID, staff_id: UUID, reason: str) -> Mailing:
    """Ends a message for good; what is queued and not yet sent is not sent. Raises NotFound,
    MailingNotInState."""
    row = _locked(mailing_id, *GONE_ON["stop"])
    row.state, row.changed_by, row.reason, row.ended_at = "stopped", staff_id, reason, now()
    queued = update(Notice).where(*_of(row), Notice.state == "queued")
    skipped = queued.values(state="skipped", error_code="stopped", changed_at=now())
    db.session.execute(skipped.execution_options(synchronize_session=False))
    db.session.flush()
    return row


def results(row: Mailing) -> dict[str, int]:
    """How many notices of a message are in each state, in the current unit of work."""
    found = select(Notice.state, func.count()).where(*_of(row))
    return {row[0]: row[1] for row in db.session.execute(found.group_by(Notice.state))}


def work() -> int:
    """Duty: counts or sends one batch of the message that waits longest; how many members.

    None while hundreds of notices are unread: who paid is told before who might buy.
    """
    return 0 if outbox.is_behind(outgoing.QUEUED) else in_transaction(_work)


def _work() -> int:
    is_due = (Mailing.state == "scheduled") & (Mailing.starts_at <= now())
    row = db.session.scalar(
        select(Mailing)
        .where(or_(Mailing.state.in_(("counting", "running")), is_due))
        .order_by(Mailing.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return 0
    if row.state == "scheduled":
        row.state = "running"
    found = segments.batch(row.after, BATCH)
    wanted = segments.chosen(found, row.segment)
    if row.state == "counting":
        row.counted += len(wanted)
    else:
        row.queued += sum(_queue(row, each) for each in wanted)
    _go_on(row, found)
    return len(found)


def _go_on(row: Mailing, found: Sequence[UUID]) -> None:
    row.after = found[-1] if found else row.after
    if len(found) < BATCH:
        is_sent = row.state == "running"
        row.state, row.after = ("done" if is_sent else "counted"), None
        row.ended_at = now() if is_sent else None
    db.session.flush()


def _queue(row: Mailing, member_id: UUID) -> bool:
    return outgoing.queue(_event(row), members.today(member_id), offered(row.text, now()))


def _event(row: Mailing) -> str:
    return f"mailing:{row.id}"


def _of(row: Mailing) -> tuple[ColumnElement[bool], ...]:
    """The notices of a message, as their index finds them."""
    return Notice.event == _event(row), Notice.kind == Kind.MEMBER_OFFER


def _locked(mailing_id: UUID, *states: str) -> Mailing:
    row = db.session.get(Mailing, mailing_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.state not in states:
        raise MailingNotInState(state=row.state)
    return row
