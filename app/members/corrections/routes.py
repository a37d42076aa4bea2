"""Where members dispute who brought them, and staff answer or correct it. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import limiter
from app.members.corrections import disputes, service
from app.members.corrections.models import Correction
from app.members.corrections.schemas import (
    CorrectionDecision,
    CorrectionList,
    CorrectionQuery,
    CorrectionRequest,
    CorrectionView,
    DisputeList,
    DisputeQuery,
    DisputeRequest,
    DisputeView,
    PageAfter,
    RejectionRequest,
    StaffDisputeList,
    StaffDisputeView,
)
from app.members.corrections.service import Wish
from app.members.real_name.routes import caller

blueprint = api_blueprint("binding corrections", __name__)
Fields = dict[str, Any]
DISPUTED_BY_ONE = "20 per hour"


@blueprint.post("/me/binding/disputes")
@blueprint.input(DisputeRequest, arg_name="body")
@blueprint.output(DisputeView, status_code=201)
@auth.member
@limiter.limit(DISPUTED_BY_ONE, key_func=caller)
def dispute_my_binding(body: DisputeRequest) -> Fields:
    """Say that one's binding is wrong, and why. One dispute at a time is open."""
    member_id, reason = auth.principal().id, body.reason
    return in_transaction(lambda: asdict(disputes.open_dispute(member_id, reason)))


@blueprint.get("/me/binding/disputes")
@blueprint.input(PageAfter, location="query", arg_name="query")
@blueprint.output(DisputeList)
@auth.member
def list_my_disputes(query: PageAfter) -> Fields:
    """One's own disputes and what was answered."""
    member_id = auth.principal().id
    found = in_transaction(lambda: disputes.of_member(member_id, query.after))
    return {"disputes": [asdict(each) for each in found]}


@blueprint.get("/binding-disputes")
@blueprint.input(DisputeQuery, location="query", arg_name="query")
@blueprint.output(StaffDisputeList)
@auth.staff("operator", "support")
def list_disputes(query: DisputeQuery) -> Fields:
    """Members' disputes, a page at a time."""
    found = in_transaction(lambda: disputes.page(query.state, query.after))
    return {"disputes": [asdict(each) for each in found]}


@blueprint.post("/binding-disputes/<uuid:dispute_id>/rejection")
@blueprint.input(RejectionRequest, arg_name="body")
@blueprint.output(StaffDisputeView)
@auth.staff("operator")
def reject_dispute(dispute_id: UUID, body: RejectionRequest) -> Fields:
    """Answer a dispute: the binding stays. The member may dispute again."""
    staff_id = auth.principal().id
    return in_transaction(lambda: asdict(disputes.reject(dispute_id, staff_id, body.answer)))


@blueprint.post("/members/<uuid:member_id>/binding/corrections")
@blueprint.input(CorrectionRequest, arg_name="body")
@blueprint.output(CorrectionView, status_code=201)
@auth.staff("operator")
def propose_correction(member_id: UUID, body: CorrectionRequest) -> Fields:
    """Propose another binding for a member. Somebody else decides; nothing moves before."""
    staff_id, wish = auth.principal().id, Wish(**body.model_dump())
    return in_transaction(lambda: _shown(service.propose(member_id, wish, staff_id)))


@blueprint.get("/binding-corrections")
@blueprint.input(CorrectionQuery, location="query", arg_name="query")
@blueprint.output(CorrectionList)
@auth.staff("operator", "support", "finance")
def list_corrections(query: CorrectionQuery) -> Fields:
    """Corrections, a page at a time."""

    def work() -> Fields:
        found = service.page(query.state, query.after)
        return {"corrections": [_shown(each) for each in found]}

    return in_transaction(work)


@blueprint.get("/binding-corrections/<uuid:correction_id>")
@blueprint.output(CorrectionView)
@auth.staff("operator", "support", "finance")
def show_correction(correction_id: UUID) -> Fields:
    """One correction."""
    return in_transaction(lambda: _shown(service.correction(correction_id)))


@blueprint.post("/binding-corrections/<uuid:correction_id>/decision")
@blueprint.input(CorrectionDecision, arg_name="body")
@blueprint.output(CorrectionView)
@auth.staff("operator")
def decide_correction(correction_id: UUID, body: CorrectionDecision) -> Fields:
    """Carry out a correction that somebody else proposed, or decline it."""
    staff_id = auth.principal().id
    decide = service.confirm if body.decision == "confirm" else service.decline
    return in_transaction(lambda: _shown(decide(correction_id, staff_id, body.reason)))


def _shown(row: Correction) -> Fields:
    return CorrectionView.model_validate(row).model_dump()
