"""Where staff see real names: in part, or in clear with a reason on record. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import auth, staff, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.members import bindings
from app.members.real_name import reveals, service
from app.members.real_name.routes import shown
from app.members.real_name.schemas import (
    RealNameView,
    ReleaseRequest,
    RevealedView,
    RevealList,
    RevealRequest,
    RevealsQuery,
    RevealView,
)

blueprint = api_blueprint("real names of members", __name__)
Fields = dict[str, Any]


@blueprint.get("/members/<uuid:member_id>/real-name")
@blueprint.output(RealNameView)
@auth.staff("operator", "support", "finance")
def show_real_name(member_id: UUID) -> Fields:
    """A member's real name, in part."""
    plain = service.plain_of(bindings.today(member_id))
    if plain is None:
        raise NotFound()
    return shown(plain)


@blueprint.post("/members/<uuid:member_id>/real-name/reveal")
@blueprint.input(RevealRequest, arg_name="body")
@blueprint.output(RevealedView)
@auth.staff("operator", "support", "finance")
@staff_sessions.confirmed
def reveal_real_name(member_id: UUID, body: RevealRequest) -> Fields:
    """Personal data in clear; who saw what of whom, and why, is kept for good."""
    caller = auth.principal()
    return in_transaction(
        lambda: reveals.reveal(member_id, caller.id, caller.roles, body.fields, body.reason)
    )


@blueprint.post("/members/<uuid:member_id>/real-name/release")
@blueprint.input(ReleaseRequest, arg_name="body")
@blueprint.output({}, status_code=204)
@auth.staff("operator")
@staff_sessions.confirmed
def release_real_name(member_id: UUID, body: ReleaseRequest) -> str:
    """Erase a real name that was given wrongly: the member gives it anew. Stays on record."""
    staff_id = auth.principal().id
    in_transaction(lambda: reveals.release(member_id, staff_id, body.reason))
    return ""


@blueprint.get("/real-name-reveals")
@blueprint.input(RevealsQuery, location="query", arg_name="query")
@blueprint.output(RevealList)
@auth.staff("operator")
def show_reveals(query: RevealsQuery) -> Fields:
    """Who saw whose personal data in clear, and why; newest first."""

    def work() -> Fields:
        found = reveals.reveals(query.member_id, query.staff_id, query.before, query.limit)
        more = len(found) == query.limit
        names = staff.names({row.staff_id for row in found})
        return {
            "reveals": [
                RevealView.model_validate(row).model_dump()
                | {"staff_name": names.get(row.staff_id)}
                for row in found
            ],
            "next_before": found[-1].id if more else None,
        }

    return in_transaction(work)
