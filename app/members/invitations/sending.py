"""Inviting a phone number (邀请). Whether the number is a member's is neither asked nor told.

So the inviter sees the same whoever the number belongs to, and whether that person declined: an
invitation is open until it is confirmed, taken back, or its time is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.core.config import settings
from app.core.crypto import decrypt, encrypt
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.world import beijing_day, bucket_of, new_id, now, start_of_beijing_day
from app.members import phones, reviews, trees
from app.members.authorisation.errors import RecommendingSuspended
from app.members.authorisation.service import may_recommend
from app.members.invitations.errors import InvitationEnded, InvitationsExhausted
from app.members.invitations.models import Invitation

PAGE = 50
EXPIRE_SECONDS = 600
HIDDEN = "*" * 11


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation as its inviter sees it. `state`: open, confirmed, withdrawn or expired."""

    id: UUID
    masked: str
    state: str
    created_at: datetime
    expires_at: datetime


def invite(member_id: UUID, number: str) -> Sent:
    """Invites a mobile number of the mainland, in the current unit of work.

    The same number again gives the same invitation while it lasts. Raises RecommendingSuspended,
    InvitationsExhausted, MemberMerged, MemberUnknown. Locks the member: INVITATIONS_DAILY a
    Beijing day, also for many requests at once.
    """
    trees.lock([member_id])
    if not may_recommend("member", member_id):
        raise RecommendingSuspended()
    moment, key = now(), phones.phone_key("86", number)
    known = _lasting(member_id, key)
    if known is not None:
        known.withdrawn_at = None
        db.session.flush()
        return sent(known, moment)
    if _count_today(member_id, moment) >= settings().invitations_daily:
        raise InvitationsExhausted()
    _end_others(member_id, key)
    identity = new_id(bucket_of(member_id))
    row = Invitation(
        id=identity,
        inviter_id=member_id,
        phone_key=key,
        number=encrypt(number, number_context(identity)),
        state="open",
        created_at=moment,
        expires_at=moment + timedelta(days=settings().invitation_days),
    )
    db.session.add(row)
    db.session.flush()
    return sent(row, moment)


def sent_by(member_id: UUID, after: UUID | None) -> list[Sent]:
    """What the member sent, in the order of the ids, a page at a time, in the current unit."""
    theirs = select(Invitation).where(Invitation.inviter_id.in_(reviews.everyone_of(member_id)))
    if after is not None:
        theirs = theirs.where(Invitation.id > after)
    moment = now()
    rows = db.session.scalars(theirs.order_by(Invitation.id).limit(PAGE))
    return [sent(row, moment) for row in rows]


def withdraw(member_id: UUID, invitation_id: UUID) -> Sent:
    """Takes an invitation back, in the current unit of work, under its lock.

    Raises NotFound (also for another's), InvitationEnded where it was confirmed or is over.
    """
    row = db.session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if row is None or row.inviter_id not in reviews.everyone_of(member_id):
        raise NotFound()
    moment = now()
    if shown_state(row, moment) in ("confirmed", "expired"):
        raise InvitationEnded()
    row.withdrawn_at = row.withdrawn_at or moment
    db.session.flush()
    return sent(row, moment)


def sent(row: Invitation, moment: datetime) -> Sent:
    """An invitation as its inviter sees it at a moment (UTC)."""
    masked = HIDDEN
    if row.number is not None:
        masked = phones.masked(decrypt(row.number, number_context(row.id)))
    return Sent(row.id, masked, shown_state(row, moment), row.created_at, row.expires_at)


def shown_state(row: Invitation, moment: datetime) -> str:
    """What the inviter may know: a declined invitation looks like one nobody has seen."""
    if row.state == "confirmed":
        return "confirmed"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "open" if row.expires_at > moment else "expired"


def expire() -> int:
    """A duty: forgets the numbers of invitations whose time is over; how many."""
    over = (Invitation.expires_at <= now()) & Invitation.phone_key.is_not(None)
    return in_transaction(lambda: _forget(over, state="expired"))


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: the numbers the member gave, and theirs that others gave."""
    _forget(Invitation.inviter_id == member_id, withdrawn_at=now())
    keys = phones.keys_of(member_id)
    if keys:
        _forget(Invitation.phone_key.in_(keys))


def number_context(invitation_id: UUID) -> str:
    """What a number's cipher text is bound to."""
    return f"members_invitation/number/{invitation_id}"


def _lasting(member_id: UUID, key: bytes) -> Invitation | None:
    same = (Invitation.inviter_id == member_id) & (Invitation.phone_key == key)
    found = select(Invitation).where(same, Invitation.expires_at > now()).with_for_update()
    row: Invitation | None = db.session.scalar(found.execution_options(populate_existing=True))
    return row


def _end_others(member_id: UUID, key: bytes) -> None:
    """One that is over but not cleared yet makes room for the new one."""
    _forget((Invitation.inviter_id == member_id) & (Invitation.phone_key == key), state="expired")


def _count_today(member_id: UUID, moment: datetime) -> int:
    since = start_of_beijing_day(beijing_day(moment))
    today = (Invitation.inviter_id == member_id) & (Invitation.created_at >= since)
    return int(db.session.scalar(select(func.count()).where(today)) or 0)


def _forget(which: Any, **values: Any) -> int:
    gone = update(Invitation).where(which).values(phone_key=None, number=None, **values)
    done = db.session.execute(gone.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
