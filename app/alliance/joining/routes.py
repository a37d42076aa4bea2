"""Where a member applies for a merchant. Holds no rule; findings are never shown here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.joining import pictures, service
from app.alliance.joining.models import Application, ApplicationStep
from app.alliance.joining.schemas import (
    ApplicationList,
    ApplicationPicturesRequest,
    ApplicationRequest,
    ApplicationView,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.limits import caller_asked, limiter
from app.members import service as members

blueprint = api_blueprint("joining", __name__)
Fields = dict[str, Any]
TOLD = ("submitted", "pictures_changed", "more_asked", "rejected", "approved", "withdrawn")
MOST_SHOWN = 50
CHANGES_OF_ONE = "20 per minute"


def fields_of(head: Application) -> Fields:
    """What applicant and reviewers see alike of an application, masked."""
    sent = service.latest(head)
    names = ("company_name", "licence_number", "category", "stores", "account_kind", "bank")
    name = service.opened(sent, "contact_name")
    return {column: getattr(sent, column) for column in names} | {
        "id": head.id,
        "version": head.version,
        "account_check": "luhn" if sent.account_kind == "card" else "none",
        "account_masked": f"**** {sent.account_last_four}",
        "contact_name_masked": members.masked_name(name) if name else "",
        "contact_phone_masked": f"***{sent.phone_last_four}",
        "has_salesperson": sent.salesperson_id is not None,
        "merchant_id": head.merchant_id,
        "pictures": pictures.of_application(head.id),
        "created_at": head.created_at,
        "changed_at": head.changed_at,
    }


def _shown(head: Application) -> Fields:
    told = [each for each in service.steps(head.id) if each.kind in TOLD]
    status = "submitted" if head.status == "proposed" else head.status
    return fields_of(head) | {"status": status, "steps": [_step(each) for each in told]}


def _step(row: ApplicationStep) -> Fields:
    return {"kind": row.kind, "reason": row.reason, "created_at": row.created_at}


def _sent(body: ApplicationRequest) -> service.Sent:
    stores = tuple(each.model_dump() for each in body.stores)
    return service.Sent(**(body.model_dump(exclude={"pictures"}) | {"stores": stores}))


@blueprint.post("/merchant-applications")
@blueprint.input(ApplicationRequest, arg_name="body")
@blueprint.output(ApplicationView, status_code=201)
@auth.member
def apply(body: ApplicationRequest) -> Fields:
    """Apply to join the alliance with a merchant."""
    member_id, sent = auth.principal().id, _sent(body)
    return in_transaction(lambda: _shown(service.apply(member_id, sent, body.pictures or ())))


@blueprint.put("/merchant-applications/<uuid:application_id>")
@blueprint.input(ApplicationRequest, arg_name="body")
@blueprint.output(ApplicationView)
@auth.member
def send_again(application_id: UUID, body: ApplicationRequest) -> Fields:
    """Send an application again, corrected, after it was rejected or more was asked for."""
    wish = (auth.principal().id, application_id, _sent(body), body.pictures)
    return in_transaction(lambda: _shown(service.send_again(*wish)))


@blueprint.put("/merchant-applications/<uuid:application_id>/pictures")
@blueprint.input(ApplicationPicturesRequest, arg_name="body")
@blueprint.output(ApplicationView)
@auth.member
@limiter.limit(CHANGES_OF_ONE, key_func=caller_asked)
def set_pictures(application_id: UUID, body: ApplicationPicturesRequest) -> Fields:
    """Say which pictures one's open application has; what it had besides is deleted."""
    wish = (auth.principal().id, application_id, body.pictures)
    return in_transaction(lambda: _shown(service.set_pictures(*wish)))


@blueprint.post("/merchant-applications/<uuid:application_id>/withdrawal")
@blueprint.output(ApplicationView)
@auth.member
def withdraw(application_id: UUID) -> Fields:
    """Withdraw one's open application."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(service.withdraw(member_id, application_id)))


@blueprint.get("/me/merchant-applications")
@blueprint.output(ApplicationList)
@auth.member
def list_own() -> Fields:
    """The signed-in member's last applications, newest first."""
    member_id = auth.principal().id

    def work() -> Fields:
        mine = Application.member_id.in_(members.everyone_of(member_id))
        newest = select(Application).where(mine).order_by(Application.created_at.desc())
        rows = db.session.scalars(newest.limit(MOST_SHOWN))
        return {"applications": [_shown(each) for each in rows]}

    return in_transaction(work)


@blueprint.get("/me/merchant-applications/<uuid:application_id>")
@blueprint.output(ApplicationView)
@auth.member
def show_own(application_id: UUID) -> Fields:
    """One application of the signed-in member, with what became of it and why."""
    member_id = auth.principal().id

    def work() -> Fields:
        head = service.find(application_id)
        if not service.is_theirs(head, member_id):
            raise NotFound()
        return _shown(head)

    return in_transaction(work)
