"""What staff do about their own account: password and second factor."""

from __future__ import annotations

from typing import Any

from app.core import auth, staff_sessions
from app.core.accounts import service
from app.core.accounts.schemas import CodeRequest, EnrolmentView, PasswordRequest
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import SIGN_IN_OF_ONE, caller_asked, limiter

blueprint = api_blueprint("own account", __name__)
Fields = dict[str, Any]


@blueprint.put("/staff/me/password")
@blueprint.input(PasswordRequest, arg_name="body")
@blueprint.output({}, status_code=204)
@auth.any_staff
@limiter.limit(SIGN_IN_OF_ONE, key_func=caller_asked)
def change_my_password(body: PasswordRequest) -> str:
    """Choose a password; every other session ends."""
    staff_id = auth.principal().id
    in_transaction(
        lambda: service.change_password(service.account(staff_id), body.current, body.new)
    )
    return ""


@blueprint.post("/staff/me/second-factor")
@blueprint.output(EnrolmentView, status_code=201)
@auth.any_staff
@staff_sessions.confirmed
def begin_my_second_factor() -> Fields:
    """Begin to set up another second factor; the old one holds until a code of the new is shown."""
    staff_id = auth.principal().id

    def work() -> Fields:
        begun = service.begin_factor(service.account(staff_id))
        return {"totp_secret": begun.totp_secret, "totp_uri": begun.totp_uri}

    return in_transaction(work)


@blueprint.post("/staff/me/second-factor/confirmation")
@blueprint.input(CodeRequest, arg_name="body")
@blueprint.output({}, status_code=204)
@auth.any_staff
@staff_sessions.confirmed
@limiter.limit(SIGN_IN_OF_ONE, key_func=caller_asked)
def confirm_my_second_factor(body: CodeRequest) -> str:
    """Show a code of the new second factor, which replaces the old; every other session ends."""
    staff_id = auth.principal().id
    in_transaction(lambda: service.confirm_factor(service.account(staff_id), body.totp))
    return ""
