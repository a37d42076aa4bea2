"""Where staff see refunds. Holds no rule."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.alliance.refunds import listing
from app.core import auth
from app.core.api import api_blueprint
from app.core.schemas import Body, Moment, View

blueprint = api_blueprint("refunds", __name__)


class RefundsQuery(Body):
    """Refunds in one state; `cursor` is the last id of the page before."""

    status: Literal["waiting_funds", "done"] = "waiting_funds"
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ListedRefund(View):
    """A refund of a payment, and whose money it takes."""

    id: UUID
    payment_id: UUID
    merchant_id: UUID
    merchant_name: str | None
    status: Literal["waiting_funds", "done"]
    amount_fen: int
    reason: str
    requested_by: UUID
    journal_id: UUID | None
    created_at: Moment
    done_at: Moment | None


class RefundPage(View):
    """A page of refunds: waiting ones from the oldest on, done ones from the newest on."""

    refunds: list[ListedRefund]


@blueprint.get("/refunds")
@blueprint.input(RefundsQuery, location="query", arg_name="query")
@blueprint.output(RefundPage)
@auth.staff("operator", "finance", "support")
def list_refunds(query: RefundsQuery) -> dict[str, Any]:
    """Refunds that wait for a merchant's money, or that were done."""
    return {"refunds": listing.listed(query.status, query.cursor, query.limit)}
