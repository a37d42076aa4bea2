"""Pictures with an application: licence, shop front, permits. Drawn anew like those of offers,
encrypted at rest, seen by the applicant and by the reviewers; finance see the papers among them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.alliance.closure.models import Closure
from app.alliance.closure.rules import IN_EFFECT
from app.alliance.joining.errors import ApplicationPictureUnknown, TooManyApplicationPictures
from app.alliance.joining.models import Application, ApplicationPicture, picture_context
from app.core.config import settings
from app.core.crypto import decrypt_bytes, encrypt_bytes
from app.core.db import db, in_transaction
from app.core.world import bucket_of, new_id, now
from app.members import service as members

MOST_UNUSED = 12
UNUSED_FOR = timedelta(days=1)
CLEAR_SECONDS = 3_600
BATCH = 100
PAPERS = ("licence", "permit")
"""What says whose a bank account is: shown to finance once the merchant was let in."""
LEFT_LYING = ("more_asked", "rejected")
_HEAD = (
    ApplicationPicture.id,
    ApplicationPicture.kind,
    ApplicationPicture.width,
    ApplicationPicture.height,
    ApplicationPicture.created_at,
)


def must_have_room(member_id: UUID) -> None:
    """A member has room for another picture that is with no application yet, in the current unit of
    work. Raises TooManyApplicationPictures."""
    mine = ApplicationPicture.member_id == member_id
    unused = select(func.count()).where(mine, ApplicationPicture.application_id.is_(None))
    if int(db.session.scalar(unused) or 0) >= MOST_UNUSED:
        raise TooManyApplicationPictures(most=MOST_UNUSED)


def keep(member_id: UUID, kind: str, jpeg: bytes, width: int, height: int) -> ApplicationPicture:
    """Keeps a drawn picture until an application names it, in the current unit of work. Raises
    TooManyApplicationPictures."""
    must_have_room(member_id)
    identity = new_id(bucket_of(member_id))
    row = ApplicationPicture(
        id=identity,
        member_id=member_id,
        kind=kind,
        jpeg=encrypt_bytes(jpeg, picture_context(identity)),
        width=width,
        height=height,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def set_to(head: Application, member_id: UUID, ids: Collection[UUID]) -> bool:
    """Lets an application have these pictures and no others, in the current unit of work; whether
    that changed anything. What it had and is not named is deleted. Locks what is new; the caller
    has locked the application. Raises ApplicationPictureUnknown, naming those that are neither with
    it nor the member's and unused."""
    picture, wanted = ApplicationPicture, set(ids)
    had = set(db.session.scalars(select(picture.id).where(picture.application_id == head.id)))
    mine = picture.member_id.in_(members.everyone_of(member_id)) & picture.application_id.is_(None)
    unused = select(picture.id).where(picture.id.in_(wanted - had), mine).order_by(picture.id)
    new = set(db.session.scalars(unused.with_for_update()))
    missing = wanted - had - new
    if missing:
        raise ApplicationPictureUnknown(ids=sorted(map(str, missing)))
    dropped = picture.id.in_(had - wanted)
    for change in (
        delete(picture).where(dropped),
        update(picture).where(picture.id.in_(new)).values(application_id=head.id),
    ):
        db.session.execute(change.execution_options(synchronize_session=False))
    return wanted != had


def drop(application_id: UUID) -> None:
    """Deletes all pictures of an application, in the current unit of work."""
    gone = delete(ApplicationPicture).where(ApplicationPicture.application_id == application_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def of_application(application_id: UUID) -> list[dict[str, Any]]:
    """What is known of an application's pictures but themselves, in the order in which they were
    uploaded, in the current unit of work."""
    wanted = select(*_HEAD).where(ApplicationPicture.application_id == application_id)
    return [row._asdict() for row in db.session.execute(wanted.order_by(ApplicationPicture.id))]


def papers_of(application_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What is known of the papers that go with each application, in the current unit of work."""
    wanted = select(ApplicationPicture.application_id, *_HEAD).where(
        ApplicationPicture.application_id.in_(application_ids), ApplicationPicture.kind.in_(PAPERS)
    )
    found: dict[UUID, list[dict[str, Any]]] = {each: [] for each in application_ids}
    for application_id, *head in db.session.execute(wanted.order_by(ApplicationPicture.id)):
        found[application_id].append(dict(zip((each.key for each in _HEAD), head, strict=True)))
    return found


def own_content(picture_id: UUID, member_id: UUID) -> bytes:
    """The JPEG, for a member whose application it is with or who uploaded it for one, in the
    current unit of work. Raises ApplicationPictureUnknown."""
    row = db.session.get(ApplicationPicture, picture_id)
    if row is None:
        raise ApplicationPictureUnknown()
    owner_id = row.member_id
    if row.application_id is not None:
        owner_id = db.session.get_one(Application, row.application_id).member_id
    if owner_id not in members.everyone_of(member_id):
        raise ApplicationPictureUnknown()
    return _opened(row)


def sent_content(picture_id: UUID, *, is_reviewer: bool) -> tuple[Application, bytes]:
    """The application that a picture is with, and the JPEG, in the current unit of work. Raises
    ApplicationPictureUnknown for one that is with none; who is no reviewer is shown PAPERS of a
    merchant that was let in, and learns of nothing else."""
    row = db.session.get(ApplicationPicture, picture_id)
    if row is None or row.application_id is None:
        raise ApplicationPictureUnknown()
    head = db.session.get_one(Application, row.application_id)
    if not is_reviewer and (row.kind not in PAPERS or head.merchant_id is None):
        raise ApplicationPictureUnknown()
    return head, _opened(row)


def clear_unused() -> int:
    """Duty: deletes pictures that no application named within a day, in a unit of its own; how
    many."""

    def work() -> int:
        old = ApplicationPicture.created_at < now() - UNUSED_FOR
        return _delete(old & ApplicationPicture.application_id.is_(None))

    return in_transaction(work)


def clear_old() -> int:
    """Duty: deletes the pictures of applications whose applicant let them lie rejected, or asked
    for more, for APPLICATION_PICTURE_KEEP_DAYS, and of merchants that have been closed for
    MERCHANT_PICTURE_KEEP_DAYS, in a unit of its own; how many. Leaves out what somebody is just
    changing."""
    config = settings()
    lying = Application.changed_at < now() - timedelta(days=config.application_picture_keep_days)
    closed = select(Closure.merchant_id).where(
        Closure.store_id.is_(None),
        Closure.status.in_(IN_EFFECT),
        Closure.starts_at < now() - timedelta(days=config.merchant_picture_keep_days),
    )
    has_any = select(ApplicationPicture.id).where(
        ApplicationPicture.application_id == Application.id
    )
    over = or_(
        Application.status.in_(LEFT_LYING) & lying,
        Application.merchant_id.in_(closed),
    )
    old = select(Application.id).where(over, has_any.exists()).limit(BATCH)

    def work() -> int:
        found = list(db.session.scalars(old.with_for_update(skip_locked=True)))
        return _delete(ApplicationPicture.application_id.in_(found))

    return in_transaction(work)


def _delete(chosen: Any) -> int:
    gone = delete(ApplicationPicture).where(chosen)
    done: Any = db.session.execute(gone.execution_options(synchronize_session=False))
    return int(done.rowcount)


def _opened(row: ApplicationPicture) -> bytes:
    return decrypt_bytes(row.jpeg, picture_context(row.id))
