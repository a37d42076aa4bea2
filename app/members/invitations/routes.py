"""Inviting by phone number, and confirming it. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import limiter
from app.members.invitations import receiving, sending
from app.members.invitations.schemas import (
    InvitationRequest,
    ReceivedList,
    SentList,
    SentQuery,
    SentView,
)
from app.members.real_name.routes import caller
from app.members.schemas import BindingView

blueprint = api_blueprint("invitations", __name__)
Fields = dict[str, Any]
ASKED_BY_ONE = "60 per hour"


@blueprint.post("/me/invitations")
@blueprint.input(InvitationRequest, arg_name="body")
@blueprint.output(SentView, status_code=201)
@auth.member
@limiter.limit(ASKED_BY_ONE, key_func=caller)
def invite(body: InvitationRequest) -> Fields:
    """Invite a phone number. The answer is the same whoever it belongs to."""
    member_id, number = auth.principal().id, body.phone
    return in_transaction(lambda: asdict(sending.invite(member_id, number)))


@blueprint.get("/me/invitations")
@blueprint.input(SentQuery, location="query", arg_name="query")
@blueprint.output(SentList)
@auth.member
def list_sent(query: SentQuery) -> Fields:
    """The invitations one sent, a page at a time."""
    member_id = auth.principal().id
    found = in_transaction(lambda: sending.sent_by(member_id, query.after))
    return {"invitations": [asdict(each) for each in found]}


@blueprint.delete("/me/invitations/<uuid:invitation_id>")
@blueprint.output(SentView)
@auth.member
def withdraw(invitation_id: UUID) -> Fields:
    """Take an invitation back."""
    member_id = auth.principal().id
    return in_transaction(lambda: asdict(sending.withdraw(member_id, invitation_id)))


@blueprint.get("/me/invitations/received")
@blueprint.output(ReceivedList)
@auth.member
def list_received() -> Fields:
    """The invitations to one's own verified number that one may confirm."""
    member_id = auth.principal().id
    found = in_transaction(lambda: receiving.received(member_id))
    return {"invitations": [asdict(each) for each in found]}


@blueprint.post("/me/invitations/received/<uuid:invitation_id>/confirm")
@blueprint.output(BindingView)
@auth.member
def confirm(invitation_id: UUID) -> Fields:
    """Say that this member has brought one: for good. The first that is confirmed counts."""
    member_id = auth.principal().id
    return in_transaction(lambda: asdict(receiving.confirm(member_id, invitation_id)))


@blueprint.post("/me/invitations/received/<uuid:invitation_id>/decline")
@blueprint.output({}, status_code=204)
@auth.member
def decline(invitation_id: UUID) -> str:
    """Put an invitation away. Whoever sent it is not told."""
    member_id = auth.principal().id
    in_transaction(lambda: receiving.decline(member_id, invitation_id))
    return ""
