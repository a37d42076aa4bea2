"""Managing staff accounts: opened, given roles, stopped, signed out and reset. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance.schemas import StaffRequest, StaffView
from app.alliance.staff import service
from app.alliance.staff.schemas import (
    AccountPage,
    AccountsQuery,
    CarriedOutView,
    ReasonRequest,
    ResetDecision,
    ResetPage,
    ResetRequest,
    ResetsQuery,
    ResetView,
    RolesRequest,
)
from app.core import auth, staff_sessions
from app.core.accounts import resets
from app.core.accounts import service as accounts
from app.core.accounts.schemas import AccountView
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.models import StaffAccount, StaffReset
from app.core.routes import OpenSessions

blueprint = api_blueprint("staff accounts", __name__)
Fields = dict[str, Any]
MANAGERS = ("operator", "finance", "merchant_owner")


@blueprint.post("/staff")
@blueprint.input(StaffRequest, arg_name="body")
@blueprint.output(StaffView, status_code=201)
@auth.staff(*MANAGERS)
@staff_sessions.confirmed
def add_staff(body: StaffRequest) -> Fields:
    """Open a staff account; one with a say over money (`is_waiting`) is let in by somebody else.
    The second factor's secret is shown this once; the holder sets password and second factor of
    their own before anything else."""
    caller = auth.principal()
    return in_transaction(lambda: service.open_account(caller, body))


@blueprint.get("/staff")
@blueprint.input(AccountsQuery, location="query", arg_name="query")
@blueprint.output(AccountPage)
@auth.staff(*MANAGERS)
def list_staff(query: AccountsQuery) -> Fields:
    """Staff accounts, a page at a time, or those with a word in their user names; an owner sees the
    own merchant's."""
    merchant_id = service.reach(auth.principal(), query.merchant_id)

    def work() -> Fields:
        rows = accounts.page(merchant_id, query.username, query.after, query.limit)
        is_full = len(rows) == query.limit
        return {
            "accounts": [_account(row) for row in rows],
            "next_after": rows[-1].id if is_full else None,
        }

    return in_transaction(work)


@blueprint.get("/staff/<uuid:staff_id>")
@blueprint.output(AccountView)
@auth.staff(*MANAGERS)
def show_staff(staff_id: UUID) -> Fields:
    """One staff account."""
    caller = auth.principal()
    return in_transaction(lambda: _account(service.seen(caller, staff_id)))


@blueprint.put("/staff/<uuid:staff_id>/roles")
@blueprint.input(RolesRequest, arg_name="body")
@blueprint.output(AccountView)
@auth.staff(*MANAGERS)
@staff_sessions.confirmed
def change_staff_roles(staff_id: UUID, body: RolesRequest) -> Fields:
    """Give an account other roles and stores; whoever holds it has to sign in anew."""
    wish = (auth.principal(), staff_id, body.roles, body.store_ids)
    return in_transaction(lambda: _account(service.change_roles(*wish)))


@blueprint.post("/staff/<uuid:staff_id>/disable")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(AccountView)
@auth.staff(*MANAGERS)
def disable_staff(staff_id: UUID, body: ReasonRequest) -> Fields:
    """Stop an account: its sessions end and it cannot sign in."""
    caller = auth.principal()
    return in_transaction(lambda: _account(service.close(caller, staff_id)))


@blueprint.post("/staff/<uuid:staff_id>/enable")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(AccountView)
@auth.staff(*MANAGERS)
@staff_sessions.confirmed
def enable_staff(staff_id: UUID, body: ReasonRequest) -> Fields:
    """Let an account sign in again, or for the first time where it waits for a second person."""
    caller = auth.principal()
    return in_transaction(lambda: _account(service.let_in(caller, staff_id)))


@blueprint.get("/staff/<uuid:staff_id>/sessions")
@blueprint.output(OpenSessions)
@auth.staff(*MANAGERS)
def list_staff_sessions(staff_id: UUID) -> Fields:
    """Where somebody of staff is signed in."""
    caller = auth.principal()
    return in_transaction(
        lambda: {"sessions": staff_sessions.open_ones(service.seen(caller, staff_id).id)}
    )


@blueprint.delete("/staff/<uuid:staff_id>/sessions")
@blueprint.output({}, status_code=204)
@auth.staff(*MANAGERS)
def end_sessions_of_staff(staff_id: UUID) -> str:
    """Sign somebody of staff out everywhere."""
    caller = auth.principal()
    in_transaction(lambda: auth.revoke_sessions(service.seen(caller, staff_id).id))
    return ""


@blueprint.post("/staff/<uuid:staff_id>/resets")
@blueprint.input(ResetRequest, arg_name="body")
@blueprint.output(CarriedOutView, status_code=201)
@auth.staff(*MANAGERS)
@staff_sessions.confirmed
def reset_staff(staff_id: UUID, body: ResetRequest) -> Fields:
    """Give somebody a new password or second factor. A merchant's owner does it at once for the
    own staff; otherwise somebody else carries it out."""
    caller = auth.principal()

    def work() -> Fields:
        row = service.managed(caller, staff_id)
        if service.may_reset_alone(caller, row):
            done, secrets = resets.alone(row, body.kind, body.reason, caller.id)
            return _reset(done) | secrets
        return _reset(resets.ask(row, body.kind, body.reason, caller.id))

    return in_transaction(work)


@blueprint.get("/staff-resets")
@blueprint.input(ResetsQuery, location="query", arg_name="query")
@blueprint.output(ResetPage)
@auth.staff(*MANAGERS)
def list_staff_resets(query: ResetsQuery) -> Fields:
    """Resets of passwords and second factors, the newest first."""
    merchant_id = service.reach(auth.principal(), None)

    def work() -> Fields:
        rows = resets.page(merchant_id, query.state, query.before, query.limit)
        is_full = len(rows) == query.limit
        return {
            "resets": [_reset(row) for row in rows],
            "next_before": rows[-1].id if is_full else None,
        }

    return in_transaction(work)


@blueprint.post("/staff-resets/<uuid:reset_id>/decision")
@blueprint.input(ResetDecision, arg_name="body")
@blueprint.output(CarriedOutView)
@auth.staff(*MANAGERS)
@staff_sessions.confirmed
def decide_staff_reset(reset_id: UUID, body: ResetDecision) -> Fields:
    """Carry out a reset that somebody else asked for, or decline it."""
    caller = auth.principal()

    def work() -> Fields:
        wanted = resets.find(reset_id)
        row = service.managed(caller, wanted.staff_id)
        given = resets.decide(wanted, row, caller.id, body.note, is_approved=body.is_approved)
        return _reset(wanted) | given

    return in_transaction(work)


def _account(row: StaffAccount) -> Fields:
    return AccountView.model_validate(row).model_dump()


def _reset(row: StaffReset) -> Fields:
    return ResetView.model_validate(row).model_dump()
