"""Personal data in clear for staff: with a reason, for few people an hour, and on record first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from blinker import Signal
from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.errors import NotFound, TooManyRequests
from app.core.world import bucket_of, new_id, now
from app.members import bindings
from app.members.real_name import service
from app.members.real_name.errors import FieldNotYours
from app.members.real_name.models import Reveal

FIELDS_OF_ROLE = {
    "operator": frozenset({"name", "id_number", "phone", "card_number"}),
    "finance": frozenset({"name", "id_number", "phone", "card_number"}),
    "support": frozenset({"name", "phone"}),
}
RELEASED, FILE = "released", "bank_file"
HOUR = timedelta(hours=1)

counts_asked = Signal(
    "receiver(sender, staff_id: UUID, since: datetime) -> int: how often one of the staff saw "
    "personal data in clear that another room holds, in the current unit of work"
)


def reveal(
    member_id: UUID, staff_id: UUID, roles: frozenset[str], fields: Sequence[str], reason: str
) -> dict[str, str | None]:
    """The wanted fields in clear, and the record of it, in the current unit of work.

    The caller shows them after the commit only. Raises FieldNotYours, NotFound (nothing was given),
    TooManyRequests beyond REVEAL_HOURLY_LIMIT of one of the staff.
    """
    allowed = frozenset().union(*(FIELDS_OF_ROLE.get(role, frozenset()) for role in roles))
    if not allowed.issuperset(fields):
        raise FieldNotYours()
    today_id = bindings.today(member_id)
    plain = service.plain_of(today_id)
    if plain is None:
        raise NotFound()
    require_reveal_left(staff_id)
    row = Reveal(
        id=new_id(bucket_of(today_id)),
        member_id=today_id,
        staff_id=staff_id,
        fields=sorted(set(fields)),
        reason=reason,
        revealed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return {field: getattr(plain, field) for field in row.fields}


def note_disclosure(member_id: UUID, staff_id: UUID, fields: Sequence[str], reason: str) -> None:
    """Records in the current unit of work that one of the staff gets these fields in clear with
    their work (a file for the bank), which does not count against REVEAL_HOURLY_LIMIT."""
    today_id = bindings.today(member_id)
    row = Reveal(
        id=new_id(bucket_of(today_id)),
        member_id=today_id,
        staff_id=staff_id,
        fields=sorted({*fields, FILE}),
        reason=reason,
        revealed_at=now(),
    )
    db.session.add(row)


def release(member_id: UUID, staff_id: UUID, reason: str) -> None:
    """Erases a real name that was given wrongly, so that the member can give it anew, and records
    it, in the current unit of work. Raises NotFound where nothing was given."""
    today_id = bindings.today(member_id)
    if service.plain_of(today_id) is None:
        raise NotFound()
    row = Reveal(
        id=new_id(bucket_of(today_id)),
        member_id=today_id,
        staff_id=staff_id,
        fields=[RELEASED],
        reason=reason,
        revealed_at=now(),
    )
    db.session.add(row)
    service.erase(today_id)


def reveals(
    member_id: UUID | None, staff_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Reveal]:
    """The record, newest first, of one member and of one of the staff where they are named; in
    the current unit of work."""
    wanted = select(Reveal)
    if member_id is not None:
        wanted = wanted.where(Reveal.member_id == member_id)
    if staff_id is not None:
        wanted = wanted.where(Reveal.staff_id == staff_id)
    if before is not None:
        wanted = wanted.where(Reveal.id < before)
    return db.session.scalars(wanted.order_by(Reveal.id.desc()).limit(limit)).all()


def require_reveal_left(staff_id: UUID) -> None:
    """Raises TooManyRequests where one of the staff has seen personal data in clear as often as
    REVEAL_HOURLY_LIMIT allows, of whatever kind. Counts in the records themselves, in the current
    unit of work, one at a time for each of the staff."""
    one_at_a_time(f"members/reveal/{staff_id}")
    since = now() - HOUR
    elsewhere = counts_asked.send("members", staff_id=staff_id, since=since)
    seen = _seen(staff_id, since) + sum(count for _, count in elsewhere)
    if seen >= settings().reveal_hourly_limit:
        refusal = TooManyRequests()
        refusal.headers = {"Retry-After": "3600"}
        raise refusal


def _seen(staff_id: UUID, since: datetime) -> int:
    counted = select(func.count()).where(
        Reveal.staff_id == staff_id,
        Reveal.revealed_at > since,
        ~Reveal.fields.overlap([RELEASED, FILE]),
    )
    return int(db.session.scalar(counted) or 0)
