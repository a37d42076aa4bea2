"""Erasing a member who asks for it (PIPL, article 47): after some days, unless they come back.

The books stay, under the pseudonymous id, as the law wants (E-Commerce Law, article 31); so do
the keyed hashes of openid and unionid, so that whoever returns gets no second welcome.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from blinker import Signal
from sqlalchemy import Update, exists, func, select, update

from app.core import auth, sessions
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction, read
from app.core.world import bucket_of, new_id, now
from app.members import bindings, identities, phones, reviews
from app.members.models import Identity, Member
from app.members.own_data.errors import DeletionBlocked
from app.members.own_data.models import Deletion
from app.members.real_name import service as real_names
from app.wechat import client as wechat

log = structlog.get_logger()
ERASE_SECONDS = 600
AT_ONCE = 50
DELAY = timedelta(days=1)

Remaining = dict[str, Any]

remaining_asked = Signal(
    "receiver(sender, member_id: UUID) -> list of {'what': ..., ...}: what of theirs is not at its "
    "end yet and keeps a member from being erased, in the current unit of work"
)
given_up_asked = Signal(
    "receiver(sender, member_id: UUID) -> list of {'what': ..., ...}: what a member would lose by "
    "being erased, which keeps nobody from it, in the current unit of work"
)
erasing = Signal(
    "receiver(sender, member_id: UUID): deletes, in the current unit of work, the personal data "
    "that a room holds of a member; what it must keep stays under the pseudonymous id"
)


def remaining(member_id: UUID) -> list[Remaining]:
    """What has to end before the member can be erased, in the current unit of work."""
    return _answers(remaining_asked, member_id)


def given_up(member_id: UUID) -> list[Remaining]:
    """What the member would lose by being erased, in the current unit of work."""
    return _answers(given_up_asked, member_id)


def _answers(question: Signal, member_id: UUID) -> list[Remaining]:
    """What all rooms say of a person, of each account that became theirs."""
    found: list[Remaining] = []
    for each in reviews.everyone_of(member_id):
        for _, answer in question.send("members", member_id=each):
            found += answer
    return found


def ask(member_id: UUID) -> Deletion:
    """Notes the wish, in the current unit of work, and ends all sessions; the wish.

    Raises DeletionBlocked (naming what is left), MemberMerged, MemberUnknown.
    """
    bindings.require_present(member_id)
    left = remaining(member_id)
    if left:
        raise DeletionBlocked(remaining=left)
    moment = now()
    row = db.session.scalar(_open(member_id).with_for_update())
    if row is None:
        row = Deletion(
            id=new_id(bucket_of(member_id)),
            member_id=member_id,
            state="asked",
            asked_at=moment,
            due_at=moment + timedelta(days=settings().deletion_days),
        )
        db.session.add(row)
    auth.revoke_sessions(member_id)
    db.session.flush()
    return row


def come_back(member_id: UUID) -> None:
    """Whoever signs in is not erased; in the unit of work that opens their session.

    Raises TryAgain where they were erased at this very moment: the next attempt finds them as
    somebody who returns.
    """
    latest = select(Deletion).where(Deletion.member_id == member_id)
    newest = latest.order_by(Deletion.asked_at.desc()).limit(1)
    row = db.session.scalar(newest.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return
    if row.state == "asked":
        row.state, row.ended_at = "undone", now()
    elif row.state == "done" and not _is_known(member_id):
        raise TryAgain()


def on_merging(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> None:
    """Receiver of `merging`: one of two accounts was to go, the person stays: nobody is erased."""
    both = Deletion.member_id.in_((survivor_id, absorbed_id)) & (Deletion.state == "asked")
    _quietly(update(Deletion).where(both).values(state="undone", ended_at=now()))


def erase_due() -> int:
    """A duty: erases whoever asked for it long enough ago; how many."""
    due = select(Deletion.id).where(Deletion.state == "asked", Deletion.due_at <= now())
    found = read(due.order_by(Deletion.due_at).limit(AT_ONCE))
    return sum(in_transaction(lambda row=row: _carry_out(row.id)) for row in found)


def delayed_count() -> int:
    """How many members should have been erased, but something is left of them."""
    late = Deletion.delayed_at.is_not(None)
    return int(read(select(func.count()).where(Deletion.state == "asked", late))[0][0])


def _carry_out(deletion_id: UUID) -> bool:
    locked = select(Deletion).where(Deletion.id == deletion_id).with_for_update(skip_locked=True)
    row = db.session.scalar(locked.execution_options(populate_existing=True))
    moment = now()
    if row is None or row.state != "asked" or row.due_at > moment:
        return False
    member_id = bindings.today(row.member_id)
    _lock(member_id)
    left = remaining(member_id)
    if left:
        row.delayed_at, row.due_at = moment, moment + DELAY
        log.info("deletion_delayed", member_id=str(member_id), what=[one["what"] for one in left])
        return False
    for each in reviews.everyone_of(member_id):
        _erase(each)
    row.state, row.ended_at = "done", moment
    return True


def _erase(member_id: UUID) -> None:
    known = (Identity.member_id == member_id) & Identity.openid.is_not(None)
    for app_id in db.session.scalars(select(Identity.app_id).where(known).distinct()).all():
        openid = identities.openid_of(member_id, app_id)
        if openid is not None:
            wechat.forget(app_id, openid)
    erasing.send("members", member_id=member_id)
    phones.forget(member_id)
    real_names.erase(member_id)
    sessions.forget_entrances(member_id)
    _quietly(update(Identity).where(Identity.member_id == member_id).values(openid=None))
    gone = update(Member).where(Member.bucket == bucket_of(member_id), Member.id == member_id)
    _quietly(gone.values(state="unfollowed", state_at=now()))


def _open(member_id: UUID) -> Any:
    return select(Deletion).where(Deletion.member_id == member_id, Deletion.state == "asked")


def _is_known(member_id: UUID) -> bool:
    theirs = exists().where(Identity.member_id == member_id, Identity.openid.is_not(None))
    return bool(db.session.scalar(select(theirs)))


def _lock(member_id: UUID) -> None:
    own = (Member.bucket == bucket_of(member_id)) & (Member.id == member_id)
    db.session.execute(select(Member.id).where(own).with_for_update())


def _quietly(statement: Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
