"""What members and staff see and do with top-ups. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.idempotency import execute, idempotent
from app.members import service as members
from app.wallet.topups import refunds as topup_refunds
from app.wallet.topups import top_up as topups
from app.wallet.topups.refunds import TopUpRefund
from app.wallet.topups.schemas import (
    RefundOutlookQuery,
    RefundOutlookView,
    StaffTopUpRefundRequest,
    TopUpRefundRequest,
    TopUpRefundView,
    TopUpsQuery,
    TopUpsView,
    TopUpView,
)

blueprint = api_blueprint("top_ups", __name__)
Fields = dict[str, Any]


@blueprint.get("/me/top-ups")
@blueprint.input(TopUpsQuery, location="query", arg_name="query")
@blueprint.output(TopUpsView)
@auth.member
def list_my_top_ups(query: TopUpsQuery) -> Fields:
    """The signed-in member's top-ups that were credited, and what of each could go back."""
    return _credited(auth.principal().id, query)


@blueprint.get("/members/<uuid:member_id>/top-ups")
@blueprint.input(TopUpsQuery, location="query", arg_name="query")
@blueprint.output(TopUpsView)
@auth.staff("finance", "support")
def list_top_ups_of(member_id: UUID, query: TopUpsQuery) -> Fields:
    """A member's top-ups that were credited, the newest first, and what of each could go back."""
    return _credited(member_id, query)


def _credited(member_id: UUID, query: TopUpsQuery) -> Fields:
    def work() -> list[Fields]:
        everyone = members.everyone_of(member_id)
        return [_shown(each) for each in topups.ids_of(everyone, query.before, query.limit)]

    return {"top_ups": in_transaction(work), "refund_days": settings().top_up_refund_days}


@blueprint.get("/top-ups/<uuid:top_up_id>")
@blueprint.output(TopUpView)
@auth.member_or_staff("finance", "support")
def show_top_up(top_up_id: UUID) -> Fields:
    """One top-up of the signed-in member (or any, for staff), and what of it could go back."""

    def work() -> Fields:
        _must_see(top_up_id)
        return _shown(top_up_id)

    return in_transaction(work)


@blueprint.get("/top-ups/<uuid:top_up_id>/refund-outlook")
@blueprint.input(RefundOutlookQuery, location="query", arg_name="query")
@blueprint.output(RefundOutlookView)
@auth.member_or_staff("finance", "support")
def show_refund_outlook(top_up_id: UUID, query: RefundOutlookQuery) -> Fields:
    """What a refund would come to now, with the bonus that goes back: one's own, or by staff, for
    whom the days without a reason do not count. Asking changes nothing."""
    is_staff = auth.principal().kind == "staff"

    def work() -> Fields:
        _must_see(top_up_id)
        return asdict(topup_refunds.outlook(top_up_id, query.amount_fen, is_by_staff=is_staff))

    return in_transaction(work)


@blueprint.post("/top-ups/<uuid:top_up_id>/refund")
@blueprint.input(TopUpRefundRequest, arg_name="body")
@blueprint.output(TopUpRefundView, status_code=201)
@idempotent(money=True)
@auth.member
def refund_top_up(top_up_id: UUID, body: TopUpRefundRequest) -> Response:
    """Have unspent money of a top-up back, within the days in which no reason is needed."""

    def work() -> tuple[int, Fields]:
        _must_see(top_up_id)
        return 201, _fields(topup_refunds.refund_by_member(top_up_id, body.amount_fen))

    return execute(work)


@blueprint.post("/top-ups/<uuid:top_up_id>/refund-by-staff")
@blueprint.input(StaffTopUpRefundRequest, arg_name="body")
@blueprint.output(TopUpRefundView, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def refund_top_up_by_staff(top_up_id: UUID, body: StaffTopUpRefundRequest) -> Response:
    """Give unspent money of a top-up back at any time, with a reason: also where a store closed."""
    staff_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        made = topup_refunds.refund_by_staff(top_up_id, body.amount_fen, body.reason, staff_id)
        return 201, _fields(made)

    return execute(work)


def _must_see(top_up_id: UUID) -> None:
    """Staff see all; a member what is theirs, also of an account that was merged into theirs."""
    caller, owner_id = auth.principal(), topups.owner_of(top_up_id)
    if caller.kind == "staff":
        return
    if owner_id is None or caller.id not in (owner_id, members.today(owner_id)):
        raise NotFound()


def _shown(top_up_id: UUID) -> Fields:
    found = asdict(topups.top_up(top_up_id)) | asdict(topup_refunds.refundable(top_up_id))
    return found | {"member_id": topups.owner_of(top_up_id)}


def _fields(refund: TopUpRefund) -> Fields:
    return TopUpRefundView(**asdict(refund)).model_dump(mode="json", exclude_none=True)
