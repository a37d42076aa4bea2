"""Pictures of errands: drawn anew, kept in the database, shown to whom the errand concerns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.benefits.errands import steps
from app.benefits.errands.errors import ErrandPictureUnknown, TooManyErrandPictures
from app.benefits.errands.models import ErrandPicture
from app.benefits.errands.rules import Status
from app.core.auth import PLATFORM_ROLES, Principal
from app.core.db import db, in_transaction
from app.core.world import bucket_of, new_id, now
from app.members import service as members

MOST_UNUSED = 20
UNUSED_FOR = timedelta(days=1)
CLEAR_SECONDS = 3_600


def must_have_room(owner_id: UUID) -> None:
    """Asked before a picture is drawn, and once more when it is kept, in the current unit of work.
    Raises TooManyErrandPictures."""
    mine = (ErrandPicture.bucket == bucket_of(owner_id), ErrandPicture.owner_id == owner_id)
    unused = select(func.count()).where(*mine, ErrandPicture.errand_id.is_(None))
    if int(db.session.scalar(unused) or 0) >= MOST_UNUSED:
        raise TooManyErrandPictures()


def keep(owner_id: UUID, jpeg: bytes, width: int, height: int) -> ErrandPicture:
    """Keeps a drawn picture until an errand uses it, in the current unit of work. Raises
    TooManyErrandPictures."""
    must_have_room(owner_id)
    bucket = bucket_of(owner_id)
    row = ErrandPicture(bucket=bucket, id=new_id(bucket), owner_id=owner_id, jpeg=jpeg)
    row.width, row.height, row.created_at = width, height, now()
    db.session.add(row)
    db.session.flush()
    return row


def use(owner_id: UUID, ids: Collection[UUID], errand_id: UUID, purpose: str) -> None:
    """Lets an errand use pictures of the caller's that nothing uses yet, in the current unit.
    Raises ErrandPictureUnknown, naming those that are not."""
    rows = db.session.scalars(
        select(ErrandPicture)
        .where(ErrandPicture.bucket == bucket_of(owner_id), ErrandPicture.owner_id == owner_id)
        .where(ErrandPicture.id.in_(ids), ErrandPicture.errand_id.is_(None))
        .order_by(ErrandPicture.id)
        .with_for_update()
    ).all()
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise ErrandPictureUnknown(ids=sorted(map(str, missing)))
    for row in rows:
        row.errand_id, row.purpose = errand_id, purpose
    db.session.flush()


def of_errands(errand_ids: Sequence[UUID]) -> dict[UUID, dict[str, list[UUID]]]:
    """Pictures by errand and purpose, in the order in which they were sent."""
    names = (ErrandPicture.errand_id, ErrandPicture.purpose, ErrandPicture.id)
    wanted = select(*names).where(ErrandPicture.errand_id.in_(errand_ids))
    found: dict[UUID, dict[str, list[UUID]]] = {each: {} for each in errand_ids}
    for row in db.session.execute(wanted.order_by(ErrandPicture.id)).all():
        if row.errand_id is not None and row.purpose is not None:
            found[row.errand_id].setdefault(row.purpose, []).append(row.id)
    return found


def content(caller: Principal, picture_id: UUID) -> bytes:
    """The JPEG, for whom it concerns, in the current unit. Raises ErrandPictureUnknown."""
    row = db.session.get(ErrandPicture, (bucket_of(picture_id), picture_id))
    if row is None or not _may_see(caller, row):
        raise ErrandPictureUnknown()
    return row.jpeg


def clear_unused() -> int:
    """Deletes pictures that no errand used within a day, in a unit of its own; how many."""

    def work() -> int:
        old = ErrandPicture.created_at < now() - UNUSED_FOR
        gone = delete(ErrandPicture).where(old, ErrandPicture.errand_id.is_(None))
        found: Any = db.session.execute(gone.execution_options(synchronize_session=False))
        return int(found.rowcount)

    return in_transaction(work)


def _may_see(caller: Principal, row: ErrandPicture) -> bool:
    """Its sender; then the poster, the platform, whoever has the errand in hand, and of what the
    poster shows every approved runner while it is open."""
    sender = caller.id if caller.kind == "member" else caller.merchant_id
    if sender in (row.owner_id, members.today(row.owner_id)):
        return True
    if row.errand_id is None:
        return False
    errand = steps.find(row.errand_id)
    if steps.is_posters(caller, errand) or caller.roles & PLATFORM_ROLES:
        return True
    if steps.is_runners(caller, errand):
        return errand.ended_at is None
    runner = steps.runner_row(caller.id) if caller.kind == "member" else None
    is_approved = runner is not None and runner.status == "approved"
    return is_approved and errand.status == Status.OPEN and row.purpose == "task"
