"""Automatic payouts: what finance says of them, and what came of each settlement. Holds no rule."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.alliance.access import is_platform
from app.alliance.errors import MerchantUnknown
from app.alliance.payouts import wishes
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.schemas import Body, Moment, View

blueprint = api_blueprint("automatic payouts", __name__)
Fields = dict[str, Any]
LEAST_FEN = 10_000


class PayoutWishRequest(Body):
    """Whether settled money leaves by itself, from what amount (fen) on, and which contact gets it
    where it goes by WeChat (null: the only one who may)."""

    is_on: bool
    minimum_fen: Annotated[int, Field(strict=True, ge=LEAST_FEN, le=10**12)] = LEAST_FEN
    receiver_id: UUID | None = None


class PayoutWishView(View):
    """The wish in force."""

    merchant_id: UUID
    version: int
    is_on: bool
    minimum_fen: int
    receiver_id: UUID | None
    created_by: UUID
    created_at: Moment


class PayoutsQuery(Body):
    """Outcomes of settlements before this one."""

    before: UUID | None = None


class PayoutView(View):
    """What came of a settlement: a withdrawal, or the code of the reason why there is none."""

    settlement_id: UUID
    withdrawal_id: UUID | None
    amount_fen: int | None
    reason: str | None
    created_at: Moment


class PayoutsView(View):
    """A page of outcomes, newest first; `next_before` is null at the end."""

    payouts: list[PayoutView]
    next_before: UUID | None


@blueprint.put("/merchants/<uuid:merchant_id>/automatic-payout")
@blueprint.input(PayoutWishRequest, arg_name="body")
@blueprint.output(PayoutWishView)
@auth.staff("finance")
@staff_sessions.confirmed
def wish_payouts(merchant_id: UUID, body: PayoutWishRequest) -> Fields:
    """Say whether a merchant's settled money leaves by itself; the versions before are kept."""
    author = auth.principal().id

    def work() -> Fields:
        wanted = (body.is_on, body.minimum_fen, body.receiver_id)
        return PayoutWishView.model_validate(wishes.wish(merchant_id, *wanted, author)).model_dump()

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/automatic-payout")
@blueprint.output(PayoutWishView)
@auth.staff("finance", "operator", "merchant_owner")
def show_wish(merchant_id: UUID) -> Fields:
    """Whether a merchant's settled money leaves by itself."""
    _check_reader(merchant_id)

    def work() -> Fields:
        row = wishes.newest(merchant_id)
        if row is None:
            raise NotFound()
        return PayoutWishView.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/automatic-payouts")
@blueprint.input(PayoutsQuery, location="query", arg_name="query")
@blueprint.output(PayoutsView)
@auth.staff("finance", "operator", "merchant_owner")
def show_outcomes(merchant_id: UUID, query: PayoutsQuery) -> Fields:
    """What came of a merchant's settlements, a page at a time."""
    _check_reader(merchant_id)

    def work() -> Fields:
        rows = wishes.outcomes(merchant_id, query.before)
        is_full = len(rows) == wishes.PAGE
        return {
            "payouts": [PayoutView.model_validate(row).model_dump() for row in rows],
            "next_before": rows[-1].settlement_id if is_full else None,
        }

    return in_transaction(work)


def _check_reader(merchant_id: UUID) -> None:
    caller = auth.principal()
    if not is_platform(caller) and caller.merchant_id != merchant_id:
        raise MerchantUnknown()
