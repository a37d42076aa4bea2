"""Where the operator authorises recommenders, and a salesperson finds their code. No rule."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from app.alliance import catalogue
from app.alliance.salespeople import commission, service
from app.alliance.salespeople.schemas import (
    AuthorisationRequest,
    AuthorisationView,
    CommissionQuery,
    CommissionView,
    MySalespersonView,
    SalespersonDetail,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.members import service as members

blueprint = api_blueprint("salespeople", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support")


@blueprint.get("/salespeople/<uuid:salesperson_id>")
@blueprint.output(SalespersonDetail)
@auth.staff(*READERS)
def show_salesperson(salesperson_id: UUID) -> Fields:
    """One salesperson with code, authorisation and what they brought."""
    return in_transaction(
        lambda: _shown(SalespersonDetail, service.shown(catalogue.salesperson(salesperson_id)))
    )


@blueprint.get("/salespeople/<uuid:salesperson_id>/commission")
@blueprint.input(CommissionQuery, location="query", arg_name="query")
@blueprint.output(CommissionView)
@auth.staff(*READERS)
def show_commission(salesperson_id: UUID, query: CommissionQuery) -> Fields:
    """What a salesperson earned in a month, by members and by merchants they brought."""

    def work() -> Fields:
        catalogue.salesperson(salesperson_id)
        return _commission(salesperson_id, query)

    return in_transaction(work)


@blueprint.get("/me/salesperson/commission")
@blueprint.input(CommissionQuery, location="query", arg_name="query")
@blueprint.output(CommissionView)
@auth.member
def show_my_commission(query: CommissionQuery) -> Fields:
    """What the salesperson one is earned in a month."""
    member_id = auth.principal().id
    return in_transaction(lambda: _commission(service.of_member(member_id).id, query))


@blueprint.post("/salespeople/<uuid:salesperson_id>/authorisation")
@blueprint.input(AuthorisationRequest, arg_name="body")
@blueprint.output(SalespersonDetail)
@auth.staff("operator")
def authorise_salesperson(salesperson_id: UUID, body: AuthorisationRequest) -> Fields:
    """Suspend, revoke or restore a salesperson. Their code binds nobody to them meanwhile."""
    staff_id = auth.principal().id
    return in_transaction(
        lambda: _shown(
            SalespersonDetail,
            service.authorise(salesperson_id, body.state, body.reason, staff_id),
        )
    )


@blueprint.get("/members/<uuid:member_id>/recommending")
@blueprint.output(AuthorisationView)
@auth.staff(*READERS)
def show_recommending(member_id: UUID) -> Fields:
    """Whether a member's code binds those who scan it, and every decision about it."""

    def work() -> Fields:
        members.profile(member_id)
        return _authorisation(member_id)

    return in_transaction(work)


@blueprint.post("/members/<uuid:member_id>/recommending")
@blueprint.input(AuthorisationRequest, arg_name="body")
@blueprint.output(AuthorisationView)
@auth.staff("operator")
def authorise_member(member_id: UUID, body: AuthorisationRequest) -> Fields:
    """Suspend, revoke or restore a member's right to bring members."""
    staff_id = auth.principal().id

    def work() -> Fields:
        members.require_present(member_id)
        members.decide_authorisation("member", member_id, body.state, body.reason, staff_id)
        return _authorisation(member_id)

    return in_transaction(work)


@blueprint.get("/me/salesperson")
@blueprint.output(MySalespersonView)
@auth.member
def show_my_salesperson() -> Fields:
    """The salesperson one is, with the scene token of the code to show."""
    member_id = auth.principal().id
    return in_transaction(
        lambda: _shown(MySalespersonView, service.shown(service.of_member(member_id)))
    )


def _commission(salesperson_id: UUID, query: CommissionQuery) -> Fields:
    first_day = date.fromisoformat(f"{query.month}-01")
    return {
        "salesperson_id": salesperson_id,
        "month": query.month,
        "earned": commission.earned(salesperson_id, first_day),
    }


def _authorisation(member_id: UUID) -> Fields:
    return _shown(
        AuthorisationView,
        {
            "recommender_id": member_id,
            "state": members.authorisation_state(member_id),
            "steps": members.authorisation_steps(member_id),
        },
    )


def _shown(view: type[Any], fields: Fields) -> Fields:
    shown: Fields = view.model_validate(fields, from_attributes=True).model_dump()
    return shown
