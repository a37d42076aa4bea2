"""What members and staff see and do with prepaid money that stores issue. Holds no rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from app.alliance import catalogue, naming, terms
from app.alliance.access import is_platform
from app.alliance.errors import MerchantUnknown, TopUpPlanUnknown
from app.alliance.prepaid import advances, funds, plans
from app.alliance.prepaid.models import FundMovement, TopUpPlan
from app.alliance.prepaid.plans import NewPlan
from app.alliance.prepaid.schemas import (
    AdvanceView,
    DecisionRequest,
    MovementPage,
    MovementRequest,
    MovementsQuery,
    MovementView,
    MoveRequest,
    MoveView,
    OfferedPlans,
    PlanDrafts,
    PlanRequest,
    PlansQuery,
    PlanView,
    RunningPlans,
    StaffPlanView,
)
from app.core import auth, idempotency, staff_sessions
from app.core.api import api_blueprint
from app.core.auth import NotAllowed, Principal
from app.core.config import settings
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.ledger import service as ledger
from app.ledger.service import Account

blueprint = api_blueprint("prepaid", __name__)
Fields = dict[str, Any]


def _must_own(caller: Principal, merchant_id: UUID | None) -> None:
    if not is_platform(caller) and (merchant_id is None or caller.merchant_id != merchant_id):
        raise MerchantUnknown()


def _plan(row: TopUpPlan) -> Fields:
    return PlanView.model_validate(row).model_dump()


def _told(rows: Sequence[TopUpPlan]) -> list[Fields]:
    names = naming.of_merchants(row.merchant_id for row in rows)
    promised, shown = plans.promised({row.id for row in rows}), []
    for row in rows:
        count, fen = promised.get(row.id, (0, 0))
        more = {"created_by": row.created_by, "published_by": row.published_by}
        more |= {"merchant_name": names.get(row.merchant_id)}
        plan = _plan(row) | more | {"promised_count": count, "promised_fen": fen}
        shown.append(StaffPlanView.model_validate(plan).model_dump())
    return shown


@blueprint.get("/stores/<uuid:store_id>/top-up-plans")
@blueprint.output(OfferedPlans)
@auth.member_or_staff("operator", "support", "merchant_owner", "cashier")
def list_top_up_plans(store_id: UUID) -> Fields:
    """The top-up plans of a store today, each open or closed with the reason."""
    caller = auth.principal()
    member_id = caller.id if caller.kind == "member" else None
    store = terms.of_store(store_id)

    def work() -> Fields:
        shown = []
        for row in plans.in_force(store_id):
            reason = plans.open_reason(row, store, plans.smallest(row), member_id)
            shown.append(_plan(row) | {"is_open": not reason, "reason": reason})
        return {"plans": shown}

    return in_transaction(work)


@blueprint.post("/top-up-plans")
@blueprint.input(PlanRequest, arg_name="body")
@blueprint.output(PlanView, status_code=201)
@auth.staff("operator", "merchant_owner")
def add_top_up_plan(body: PlanRequest) -> Fields:
    """Publish the next version of a top-up plan: a merchant's owner what the own stores pay, and
    nobody else; or draft one that the platform pays, for another operator to publish."""
    caller = auth.principal()
    _must_own(caller, body.merchant_id)
    if body.funder == "platform" and not is_platform(caller):
        raise NotAllowed()
    if body.funder == "store" and caller.merchant_id != body.merchant_id:
        raise MerchantUnknown()
    tiers = tuple((tier.at_least_fen, tier.bonus_fen) for tier in body.tiers)
    new = NewPlan(**(body.model_dump() | {"tiers": tiers}))
    return in_transaction(lambda: _plan(plans.add(new, caller.id)))


@blueprint.get("/top-up-plans/drafts")
@blueprint.input(PlansQuery, location="query", arg_name="query")
@blueprint.output(PlanDrafts)
@auth.staff("operator")
def list_plan_drafts(query: PlansQuery) -> Fields:
    """Plans that wait to be published, a page at a time."""
    return in_transaction(lambda: {"plans": _told(plans.drafts(query.after))})


@blueprint.get("/top-up-plans")
@blueprint.input(PlansQuery, location="query", arg_name="query")
@blueprint.output(RunningPlans)
@auth.staff("operator", "finance", "support")
def list_running_plans(query: PlansQuery) -> Fields:
    """The plans of all merchants and of the platform that run or are to begin."""
    most_bp = settings().top_up_bonus_maximum_bp
    return in_transaction(
        lambda: {"plans": _told(plans.running(query.after)), "bonus_maximum_bp": most_bp}
    )


@blueprint.post("/top-up-plans/<uuid:plan_id>/publish")
@blueprint.output(PlanView)
@auth.staff("operator")
@staff_sessions.confirmed
def publish_top_up_plan(plan_id: UUID) -> Fields:
    """Publish a plan that the platform pays and somebody else drafted."""
    author = auth.principal().id
    return in_transaction(lambda: _plan(plans.publish(plan_id, author)))


@blueprint.post("/top-up-plans/<uuid:plan_id>/end")
@blueprint.output(PlanView)
@auth.staff("operator", "merchant_owner")
def end_top_up_plan(plan_id: UUID) -> Fields:
    """End a top-up plan now; what waiting top-ups were promised is kept."""
    caller = auth.principal()

    def work() -> Fields:
        row = plans.find(plan_id)
        if not is_platform(caller) and caller.merchant_id != row.merchant_id:
            raise TopUpPlanUnknown()
        return _plan(plans.end(plan_id))

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/advances")
@blueprint.output(AdvanceView)
@auth.staff("finance", "operator", "support", "merchant_owner")
def show_advances(merchant_id: UUID) -> Fields:
    """What is lent to a merchant on its top-ups, its deposit and its budget for bonuses."""
    _must_own(auth.principal(), merchant_id)

    def work() -> Fields:
        standing = advances.outstanding(merchant_id)
        held = ledger.balances(merchant_id)
        return {
            "merchant_id": merchant_id,
            "lent_fen": standing.lent_fen,
            "due_fen": standing.due_fen,
            "collected_fen": standing.collected_fen,
            "deposit_fen": held[Account.DEPOSIT].balance_fen,
            "offer_budget_fen": held[Account.OFFER_BUDGET].balance_fen,
        }

    return in_transaction(work)


@blueprint.post("/merchants/<uuid:merchant_id>/funds")
@blueprint.input(MoveRequest, arg_name="body")
@blueprint.output(MoveView, status_code=201)
@idempotent(money=True)
@auth.staff("merchant_owner")
def move_to_fund(merchant_id: UUID, body: MoveRequest) -> Response:
    """Move settled money to the merchant's deposit or to its budget for bonuses."""
    caller = auth.principal()
    _must_own(caller, merchant_id)
    key = idempotency.request_key()

    def work() -> tuple[int, Fields]:
        journal_id = funds.move(merchant_id, body.target, body.amount_fen, caller.id, key)
        shown = body.model_dump() | {"merchant_id": str(merchant_id)}
        return 201, shown | {"journal_id": str(journal_id)}

    return idempotency.execute(work)


@blueprint.post("/merchants/<uuid:merchant_id>/fund-movements")
@blueprint.input(MovementRequest, arg_name="body")
@blueprint.output(MovementView, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
def ask_for_fund_movement(merchant_id: UUID, body: MovementRequest) -> Response:
    """Ask that money seen at the bank be booked for a merchant, or a fund be released to it."""
    staff_id = auth.principal().id
    wish = (body.kind, body.target, body.amount_fen, body.reference)
    return idempotency.execute(lambda: (201, _movement(funds.ask(merchant_id, *wish, staff_id))))


@blueprint.get("/fund-movements")
@blueprint.input(MovementsQuery, location="query", arg_name="query")
@blueprint.output(MovementPage)
@auth.staff("finance", "operator")
def list_fund_movements(query: MovementsQuery) -> Fields:
    """Movements of merchants' funds that take two people, a page at a time."""
    wanted = [FundMovement.status == query.status] if query.status else []
    if query.merchant_id is not None:
        wanted.append(FundMovement.merchant_id == query.merchant_id)

    def work() -> Fields:
        rows = catalogue.page(FundMovement, query.after, *wanted)
        names = naming.of_merchants(row.merchant_id for row in rows)
        named = ((_movement(row), names[row.merchant_id]) for row in rows)
        return {"movements": [row | {"merchant_name": name} for row, name in named]}

    return in_transaction(work)


@blueprint.post("/fund-movements/<uuid:movement_id>/decision")
@blueprint.input(DecisionRequest, arg_name="body")
@blueprint.output(MovementView)
@idempotent(money=True)
@auth.staff("finance")
def decide_fund_movement(movement_id: UUID, body: DecisionRequest) -> Response:
    """Decide, as the second person, about such a movement; approving books it."""
    staff_id = auth.principal().id
    return idempotency.execute(
        lambda: (200, _movement(funds.decide(movement_id, staff_id, is_approved=body.is_approved)))
    )


def _movement(row: FundMovement) -> Fields:
    return MovementView.model_validate(row).model_dump(mode="json", exclude={"request_id"})
