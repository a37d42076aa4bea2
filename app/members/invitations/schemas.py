"""What the routes of invitations read and answer."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.core.schemas import Body, Moment, View
from app.members.real_name.schemas import Mobile


class InvitationRequest(Body):
    """The mobile number (mainland) to invite."""

    phone: Mobile


class SentQuery(Body):
    """Which page: what follows an id."""

    after: UUID | None = None


class SentView(View):
    """An invitation one sent. Whether the number is a member's, or was declined, is not told:
    it is `open` until it is confirmed, withdrawn or expired."""

    id: UUID
    masked: str
    state: Literal["open", "confirmed", "withdrawn", "expired"]
    created_at: Moment
    expires_at: Moment


class SentList(View):
    """A page of the invitations one sent."""

    invitations: list[SentView]


class ReceivedView(View):
    """An invitation to one's own verified number. `inviter_phone` is shown in part, and only if
    the inviter gave it."""

    id: UUID
    inviter_id: UUID
    inviter_phone: str | None
    created_at: Moment
    expires_at: Moment


class ReceivedList(View):
    """The invitations one may confirm, oldest first, at most 20. Empty for who was brought by a
    code, or has not given a number."""

    invitations: list[ReceivedView]
