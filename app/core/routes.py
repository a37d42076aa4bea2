"""Routes of the ground floor: staff sign in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core import auth, sessions, staff, staff_sessions
from app.core.api import api_blueprint
from app.core.audit import recording
from app.core.db import in_transaction
from app.core.limits import (
    SIGN_IN,
    SIGN_IN_OF_NAME,
    SIGN_IN_OF_ONE,
    caller_asked,
    limiter,
    username_and_network,
    username_asked,
)
from app.core.schemas import Body, Moment, ShortText, View

blueprint = api_blueprint("staff", __name__)


class StaffSignIn(Body):
    """User name, password and the six digits of the second factor."""

    username: ShortText
    password: Annotated[str, Field(strict=True, min_length=1, max_length=200)]
    totp: Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]


class Proof(Body):
    """The caller's password and the six digits of their second factor, once more."""

    password: Annotated[str, Field(strict=True, min_length=1, max_length=200)]
    totp: Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]


class OpenSession(View):
    """A session by its name, which opens nothing."""

    name: str
    opened_at: Moment
    confirmed_at: Moment | None
    expires_at: Moment
    is_current: bool


class OpenSessions(View):
    """The caller's open sessions, newest first."""

    sessions: list[OpenSession]


class Myself(View):
    """Who is calling, what they may be asked to do, and by which session."""

    staff_id: UUID
    username: str | None
    roles: list[str]
    merchant_id: UUID | None
    store_ids: list[UUID]
    must_change_password: bool
    must_enrol_factor: bool
    session: OpenSession


class Confirmed(View):
    """When the caller proved who they are."""

    confirmed_at: Moment


class StaffSession(View):
    """A bearer token (shown once) and what it may do: nothing but choosing a password, or setting
    up a second factor, where `must_change_password` or `must_enrol_factor` says so. `wrong_codes`
    came with the right password since the last time: who did not send them changes it."""

    token: str
    expires_at: Moment
    staff_id: UUID
    roles: list[str]
    merchant_id: UUID | None
    must_change_password: bool
    wrong_codes: int
    must_enrol_factor: bool


@blueprint.post("/staff/sessions")
@blueprint.input(StaffSignIn, arg_name="body")
@blueprint.output(StaffSession, status_code=201)
@auth.public
@limiter.limit(SIGN_IN)
@limiter.limit(SIGN_IN_OF_ONE, key_func=username_and_network)
@limiter.limit(SIGN_IN_OF_NAME, key_func=username_asked)
def open_staff_session(body: StaffSignIn) -> dict[str, object]:
    """Sign in as staff."""

    recording.act_as(in_transaction(lambda: staff.principal_named(body.username)))
    return staff.sign_in(body.username, body.password, body.totp)


@blueprint.delete("/staff/sessions")
@blueprint.output({}, status_code=204)
@auth.any_staff
def end_staff_sessions() -> str:
    """Sign out everywhere."""
    in_transaction(lambda: auth.revoke_sessions(auth.principal().id))
    return ""


@blueprint.get("/staff/me")
@blueprint.output(Myself)
@auth.any_staff
def show_myself() -> dict[str, object]:
    """Who I am, and what I may do."""
    return staff_sessions.myself()


@blueprint.get("/staff/sessions")
@blueprint.output(OpenSessions)
@auth.any_staff
def show_staff_sessions() -> dict[str, object]:
    """Where I am signed in."""
    staff_id = auth.principal().id
    return {"sessions": in_transaction(lambda: staff_sessions.open_ones(staff_id))}


@blueprint.post("/staff/sessions/confirmation")
@blueprint.input(Proof, arg_name="body")
@blueprint.output(Confirmed)
@auth.any_staff
@limiter.limit(SIGN_IN)
@limiter.limit(SIGN_IN_OF_ONE, key_func=caller_asked)
def confirm_staff_session(body: Proof) -> dict[str, object]:
    """Prove who I am once more, before something dangerous."""
    return {"confirmed_at": staff_sessions.confirm(body.password, body.totp)}


@blueprint.delete("/staff/sessions/current")
@blueprint.output({}, status_code=204)
@auth.any_staff
def end_current_staff_session() -> str:
    """Sign out here."""
    in_transaction(staff_sessions.end_current)
    return ""


@blueprint.delete("/staff/sessions/<string(length=32):name>")
@blueprint.output({}, status_code=204)
@auth.any_staff
def end_staff_session(name: str) -> str:
    """Sign out in one other place."""
    in_transaction(lambda: sessions.end_named(name))
    return ""
