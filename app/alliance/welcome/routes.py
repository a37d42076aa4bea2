"""The welcome gift of the signed-in member. Holds no rule."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.alliance.welcome import service
from app.alliance.welcome.schemas import AgreementRequest, GiftView
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.members import service as members

blueprint = api_blueprint("welcome", __name__)
Fields = dict[str, Any]


@blueprint.get("/me/welcome-gift")
@blueprint.output(GiftView)
@auth.member
def show_gift() -> Fields:
    """The experience gold for new members, its terms, and whether the caller has it."""
    member_id = auth.principal().id
    return in_transaction(lambda: service.shown(member_id))


@blueprint.post("/me/welcome-gift")
@blueprint.input(AgreementRequest, arg_name="body")
@blueprint.output(GiftView, status_code=201)
@idempotent(money=True)
@auth.member
def take_gift(body: AgreementRequest) -> Response:
    """Agree to the terms of the experience gold, and get it; once."""
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        members.require_present(member_id)
        return 201, service.agree(member_id)

    return execute(work)
