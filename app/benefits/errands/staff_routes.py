"""Errands and runners, as the platform's staff and merchants see and decide them. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from app.benefits.errands import ending, runners, views
from app.benefits.errands.models import Errand, Runner
from app.benefits.errands.routes import answer
from app.benefits.errands.schemas import (
    ConfirmationRequest,
    DecisionRequest,
    ErrandPage,
    ErrandView,
    ManagedErrandQuery,
    ReasonRequest,
    RunnerPage,
    RunnerQuery,
    RunnerReviewRequest,
    RunnerView,
)
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.auth import PLATFORM_ROLES
from app.core.db import in_transaction
from app.core.idempotency import idempotent

blueprint = api_blueprint("errand-staff", __name__)
Fields = dict[str, Any]
REVIEWERS = ("operator", "reviewer")


@blueprint.get("/errands/managed")
@blueprint.input(ManagedErrandQuery, location="query", arg_name="query")
@blueprint.output(ErrandPage)
@auth.staff("operator", "support", "merchant_owner")
def list_managed_errands(query: ManagedErrandQuery) -> Fields:
    """All errands for the platform, a merchant's own for its owner, the newest first."""
    caller, conditions = auth.principal(), []
    if not caller.roles & PLATFORM_ROLES:
        conditions.append(Errand.payer_id == caller.merchant_id)
    return in_transaction(lambda: views.page(*conditions, **query.model_dump()))


@blueprint.post("/errands/<uuid:errand_id>/decision")
@blueprint.input(DecisionRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.staff("operator", "support")
def propose_decision(errand_id: UUID, body: DecisionRequest) -> Response:
    """Propose how a dispute ends; somebody else confirms it."""
    staff_id, wish = auth.principal().id, (body.amount_fen, body.reason)
    return _executed(lambda: ending.propose(errand_id, *wish, staff_id))


@blueprint.post("/errands/<uuid:errand_id>/decision/confirm")
@blueprint.input(ConfirmationRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=True)
@auth.staff("operator")
def confirm_decision(errand_id: UUID, body: ConfirmationRequest) -> Response:
    """Confirm what another proposed: the reward is divided so."""
    staff_id = auth.principal().id
    return _executed(lambda: ending.decide(errand_id, body.amount_fen, staff_id))


@blueprint.get("/errand-runners")
@blueprint.input(RunnerQuery, location="query", arg_name="query")
@blueprint.output(RunnerPage)
@auth.staff(*REVIEWERS, "support")
def list_runners(query: RunnerQuery) -> Fields:
    """Who runs errands, or wants to."""

    def work() -> Fields:
        rows = runners.page(query.status, query.before, query.limit + 1)
        shown, more = rows[: query.limit], rows[query.limit :]
        return {"runners": runners.shown(shown), "next": shown[-1].member_id if more else None}

    return in_transaction(work)


@blueprint.post("/errand-runners/<uuid:member_id>/review")
@blueprint.input(RunnerReviewRequest, arg_name="body")
@blueprint.output(RunnerView)
@auth.staff(*REVIEWERS)
def review_runner(member_id: UUID, body: RunnerReviewRequest) -> Fields:
    """Accept or decline somebody who wants to run errands."""
    staff_id, wish = auth.principal().id, (body.is_approved, body.reason)
    return _runner(lambda: runners.review(member_id, *wish, staff_id))


@blueprint.post("/errand-runners/<uuid:member_id>/suspend")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(RunnerView)
@auth.staff("operator")
def suspend_runner(member_id: UUID, body: ReasonRequest) -> Fields:
    """Let a runner take no more errands."""
    staff_id = auth.principal().id
    return _runner(lambda: runners.suspend(member_id, body.reason, staff_id))


@blueprint.post("/errand-runners/<uuid:member_id>/resume")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(RunnerView)
@auth.staff("operator")
def resume_runner(member_id: UUID, body: ReasonRequest) -> Fields:
    """Undo a suspension."""
    staff_id = auth.principal().id
    return _runner(lambda: runners.resume(member_id, body.reason, staff_id))


def _runner(work: Callable[[], Runner]) -> Fields:
    return in_transaction(lambda: runners.shown([work()])[0])


def _executed(work: Callable[[], Errand]) -> Response:
    return idempotency.execute(lambda: (200, answer(work())))
