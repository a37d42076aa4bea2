"""Pictures in tickets, of members and of the staff who answer: drawn anew like those of offers,
encrypted at rest, seen by the member whose ticket it is and by the staff of the inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.core.crypto import decrypt_bytes, encrypt_bytes
from app.core.db import db, in_transaction
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.notices.tickets.errors import TicketPictureUnknown, TooManyTicketPictures
from app.notices.tickets.models import TicketMessage, TicketPicture, picture_context

MOST_UNUSED = 10
UNUSED_FOR = timedelta(days=1)


def must_have_room(member_id: UUID, staff_id: UUID | None = None) -> None:
    """A member has room for another unused picture, or one of the staff (for whichever member), in
    the current unit of work. Raises TooManyTicketPictures."""
    unused = select(func.count()).where(*_unused([member_id], staff_id))
    if int(db.session.scalar(unused) or 0) >= MOST_UNUSED:
        raise TooManyTicketPictures()


def keep(
    member_id: UUID, jpeg: bytes, width: int, height: int, staff_id: UUID | None = None
) -> TicketPicture:
    """Keeps a drawn picture until something is written with it, by the member or to them by one of
    the staff, in the current unit of work. Raises TooManyTicketPictures."""
    must_have_room(member_id, staff_id)
    identity = new_id(bucket_of(member_id))
    row = TicketPicture(
        id=identity,
        member_id=member_id,
        staff_id=staff_id,
        jpeg=encrypt_bytes(jpeg, picture_context(identity)),
        width=width,
        height=height,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def use(member_id: UUID, ids: Collection[UUID], said: TicketMessage) -> None:
    """Sends unused pictures with a message, in the current unit of work; locks them: a member's, or
    those that whoever of the staff wrote it uploaded for this member. Raises TicketPictureUnknown,
    naming those that are not."""
    if not ids:
        return
    mine = members.everyone_of(members.today(member_id))
    if said.staff_id is not None:  # shown to this member only, whatever else lies unused
        mine = [member_id]
    unused = (*_unused(mine, said.staff_id), TicketPicture.member_id.in_(mine))
    wanted = select(TicketPicture).where(*unused, TicketPicture.id.in_(ids))
    rows = db.session.scalars(wanted.order_by(TicketPicture.id).with_for_update()).all()
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise TicketPictureUnknown(ids=sorted(map(str, missing)))
    for row in rows:
        row.message_id = said.id
    db.session.flush()


def of_messages(ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Pictures by message, in the order in which they were uploaded."""
    found: dict[UUID, list[UUID]] = {each: [] for each in ids}
    wanted = select(TicketPicture.message_id, TicketPicture.id)
    wanted = wanted.where(TicketPicture.message_id.in_(ids)).order_by(TicketPicture.id)
    for message_id, picture_id in db.session.execute(wanted):
        found[message_id].append(picture_id)
    return found


def content(picture_id: UUID, member_id: UUID | None) -> bytes:
    """The JPEG: for a member their own, and what staff sent them; for staff (None) what was sent
    with something. In the current unit of work. Raises TicketPictureUnknown."""
    row = db.session.get(TicketPicture, picture_id)
    if row is None or (row.message_id is None and (member_id is None or row.staff_id is not None)):
        raise TicketPictureUnknown()
    if member_id is not None and row.member_id not in members.everyone_of(member_id):
        raise TicketPictureUnknown()
    return decrypt_bytes(row.jpeg, picture_context(row.id))


def clear_unused() -> int:
    """Deletes pictures that nothing was written with within a day, in a unit of its own; how
    many."""

    def work() -> int:
        old = TicketPicture.created_at < now() - UNUSED_FOR
        gone = delete(TicketPicture).where(old, TicketPicture.message_id.is_(None))
        found: Any = db.session.execute(gone.execution_options(synchronize_session=False))
        return int(found.rowcount)

    return in_transaction(work)


def _unused(member_ids: Collection[UUID], staff_id: UUID | None) -> tuple[Any, ...]:
    """Pictures that lie unused: of these members, or all that one of the staff uploaded."""
    whose = (
        (TicketPicture.member_id.in_(member_ids), TicketPicture.staff_id.is_(None))
        if staff_id is None
        else (TicketPicture.staff_id == staff_id,)
    )
    return (*whose, TicketPicture.message_id.is_(None))
