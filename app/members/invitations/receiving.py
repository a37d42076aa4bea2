"""What somebody whose phone number was verified makes of the invitations to it.

They learn of them when they give their number (WeChat fact C3): no message is sent to a number. The
first invitation that is confirmed binds; whoever a code has brought is not asked any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.world import now
from app.members import bindings, phones, reviews
from app.members.authorisation.service import may_recommend
from app.members.bindings import Bound, Introduction
from app.members.errors import AlreadyBound
from app.members.invitations.models import Invitation

CHANNEL = "phone_invitation"
MOST = 20


@dataclass(frozen=True, slots=True)
class Received:
    """An invitation as the invited person sees it; the inviter's number in part, if they gave one
    themselves."""

    id: UUID
    inviter_id: UUID
    inviter_phone: str | None
    created_at: datetime
    expires_at: datetime


def received(member_id: UUID) -> list[Received]:
    """The invitations the member may confirm, oldest first, at most 20; in the current unit.

    None for who was brought by a code, or has no verified number.
    """
    if not is_free(bindings.binding(member_id)):
        return []
    keys = phones.keys_of(member_id)
    if not keys:
        return []
    own = reviews.everyone_of(member_id)
    wanted = select(Invitation).where(_open(keys), Invitation.inviter_id.not_in(own))
    rows = db.session.scalars(wanted.order_by(Invitation.created_at, Invitation.id).limit(MOST))
    return [_shown(row) for row in rows if may_recommend("member", row.inviter_id)]


def confirm(member_id: UUID, invitation_id: UUID) -> Bound:
    """Binds the member to whoever invited their number, in the current unit of work.

    The platform's place is taken if the member had come without a code; a home store that was
    chosen stays. Raises NotFound for an invitation that is not open to this member's number,
    AlreadyBound, SelfBinding, BindingLoop, TryAgain. Locks the invitation, the member and the tops
    of both trees. Confirming it again changes nothing.
    """
    known = db.session.get(Invitation, invitation_id)
    if known is not None and known.invitee_id == member_id:
        return _bound(member_id)  # the answer to the first request got lost
    row = _locked(member_id, invitation_id)
    if not may_recommend("member", row.inviter_id):
        raise NotFound()
    bindings.hold(member_id, Introduction("member", row.inviter_id))
    before = bindings.binding(member_id)
    if not is_free(before):
        raise AlreadyBound()
    home_store_id = before.home_store_id if before else None
    moment = now()
    kept = Introduction("member", row.inviter_id, home_store_id)
    bound = bindings.replace(member_id, kept, CHANNEL, moment, "invited")
    row.state, row.invitee_id, row.ended_at = "confirmed", member_id, moment
    row.phone_key = row.number = None
    db.session.flush()
    return bound


def decline(member_id: UUID, invitation_id: UUID) -> None:
    """Puts an invitation away, in the current unit of work; its inviter is not told.

    Raises NotFound.
    """
    row = _locked(member_id, invitation_id)
    row.state, row.ended_at = "declined", now()
    db.session.flush()


def is_free(bound: Bound | None) -> bool:
    """Whether neither a code nor people have said who brought the member."""
    if bound is None:
        return True
    is_decided = bound.scene is not None or bound.channel == bindings.CORRECTION
    return bound.recommender_kind == "platform" and not is_decided


def _bound(member_id: UUID) -> Bound:
    bound = bindings.binding(member_id)
    if bound is None:
        raise NotFound()
    return bound


def _locked(member_id: UUID, invitation_id: UUID) -> Invitation:
    keys = phones.keys_of(member_id)
    if not keys:
        raise NotFound()
    wanted = select(Invitation).where(Invitation.id == invitation_id, _open(keys))
    row = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def _open(keys: list[bytes]) -> ColumnElement[bool]:
    return (
        Invitation.phone_key.in_(keys)
        & (Invitation.state == "open")
        & Invitation.withdrawn_at.is_(None)
        & (Invitation.expires_at > now())
    )


def _shown(row: Invitation) -> Received:
    inviter_id = bindings.today(row.inviter_id)
    given = phones.phone_of(inviter_id)
    return Received(
        row.id, inviter_id, given.masked if given else None, row.created_at, row.expires_at
    )
