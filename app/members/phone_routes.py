"""A member's phone number: given with consent, shown in part, taken back. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.limits import MEMBER_SIGN_IN, limiter
from app.members import bindings, phones
from app.members.invitations import receiving
from app.members.phones import GivenPhone
from app.members.schemas import PhoneRequest, PhoneView

blueprint = api_blueprint("phones", __name__)
Fields = dict[str, Any]


@blueprint.post("/me/phone")
@blueprint.input(PhoneRequest, arg_name="body")
@blueprint.output(PhoneView, status_code=201)
@auth.member
@limiter.limit(MEMBER_SIGN_IN)
def give_my_phone(body: PhoneRequest) -> Fields:
    """Give the number behind the code of the mini-program's phone button; it replaces another."""
    member_id = auth.principal().id
    in_transaction(lambda: bindings.require_present(member_id))
    return _shown(member_id, phones.take(member_id, body.code))


@blueprint.get("/me/phone")
@blueprint.output(PhoneView)
@auth.member
def show_my_phone() -> Fields:
    """The signed-in member's number, in part."""
    member_id = auth.principal().id
    given = phones.phone_of(member_id)
    if given is None:
        raise NotFound()
    return _shown(member_id, given)


@blueprint.delete("/me/phone")
@blueprint.output({}, status_code=204)
@auth.member
def take_back_my_phone() -> str:
    """Withdraw the consent: the number is deleted."""
    member_id = auth.principal().id
    in_transaction(lambda: phones.forget(member_id))
    return ""


def _shown(member_id: UUID, given: GivenPhone) -> Fields:
    waiting = in_transaction(lambda: len(receiving.received(member_id)))
    return {**asdict(given), "invitations_waiting": waiting}
