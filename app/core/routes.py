"""Routes of the ground floor: staff sign in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core import auth, staff
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import SIGN_IN, SIGN_IN_OF_ONE, limiter, username_asked
from app.core.schemas import Body, Moment, ShortText, View

blueprint = api_blueprint("staff", __name__)


class StaffSignIn(Body):
    """User name, password and the six digits of the second factor."""

    username: ShortText
    password: Annotated[str, Field(strict=True, min_length=1, max_length=200)]
    totp: Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]


class StaffSession(View):
    """A bearer token (shown once) and what it may do."""

    token: str
    expires_at: Moment
    staff_id: UUID
    roles: list[str]
    merchant_id: UUID | None


@blueprint.post("/staff/sessions")
@blueprint.input(StaffSignIn, arg_name="body")
@blueprint.output(StaffSession, status_code=201)
@auth.public
@limiter.limit(SIGN_IN)
@limiter.limit(SIGN_IN_OF_ONE, key_func=username_asked)
def open_staff_session(body: StaffSignIn) -> dict[str, object]:
    """Sign in as staff."""

    def work() -> dict[str, object]:
        account, opened = staff.sign_in(body.username, body.password, body.totp)
        return {
            "token": opened.token,
            "expires_at": opened.expires_at,
            "staff_id": account.id,
            "roles": account.roles,
            "merchant_id": account.merchant_id,
        }

    return in_transaction(work)


@blueprint.delete("/staff/sessions")
@blueprint.output({}, status_code=204)
@auth.staff(*auth.STAFF_ROLES)
def end_staff_sessions() -> str:
    """Sign out everywhere."""
    in_transaction(lambda: auth.revoke_sessions(auth.principal().id))
    return ""
