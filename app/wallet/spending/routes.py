"""What staff do with the funds' money, and what everybody may see of it. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.idempotency import execute, idempotent
from app.core.limits import MEMBER_SIGN_IN, limiter
from app.wallet.spending import booking, months, recipients
from app.wallet.spending.booking import Wish
from app.wallet.spending.models import Recipient, Spending
from app.wallet.spending.schemas import (
    AcceptedSpending,
    HandedInReceipt,
    PublicFund,
    PublicFundQuery,
    RecipientPage,
    RecipientRequest,
    RecipientsQuery,
    RecipientView,
    SpendingDecision,
    SpendingPage,
    SpendingRequest,
    SpendingsQuery,
    SpendingUndoRequest,
    SpendingView,
)

blueprint = api_blueprint("spendings", __name__)
Fields = dict[str, Any]


@blueprint.post("/recipients")
@blueprint.input(RecipientRequest, arg_name="body")
@blueprint.output(RecipientView, status_code=201)
@auth.staff("operator")
def add_recipient(body: RecipientRequest) -> Fields:
    """Keep an organisation that one of the funds may pay."""
    staff_id = auth.principal().id
    return in_transaction(
        lambda: _recipient(recipients.add(**body.model_dump(), staff_id=staff_id))
    )


@blueprint.get("/recipients")
@blueprint.input(RecipientsQuery, location="query", arg_name="query")
@blueprint.output(RecipientPage)
@auth.staff("operator", "finance")
def list_recipients(query: RecipientsQuery) -> Fields:
    """Recipients, also closed ones, a page at a time."""

    def work() -> Fields:
        found = recipients.page(query.fund, query.after, query.limit, is_open=query.is_open)
        return {"recipients": [_recipient(row) for row in found]}

    return in_transaction(work)


@blueprint.post("/recipients/<uuid:recipient_id>/close")
@blueprint.output(RecipientView)
@auth.staff("operator")
def close_recipient(recipient_id: UUID) -> Fields:
    """Pay this recipient no more; what was paid stays."""
    staff_id = auth.principal().id
    return in_transaction(lambda: _recipient(recipients.close(recipient_id, staff_id)))


@blueprint.post("/receipts")
@blueprint.output(HandedInReceipt, status_code=201)
@auth.staff("finance")
def hand_in_receipt() -> Fields:
    """Hand in a receipt: the bytes of a PDF, PNG or JPEG, up to 4 MiB, are the request's body."""
    request.max_content_length = recipients.LARGEST_RECEIPT_BYTES
    content, staff_id = request.get_data(), auth.principal().id

    def work() -> Fields:
        row = recipients.hand_in(content, staff_id)
        return {"sha256": row.hash.hex(), "media_type": row.media_type}

    return in_transaction(work)


@blueprint.get("/receipts/<sha256>")
@blueprint.doc(responses={200: {"description": "A file", "content": {"application/pdf": {}}}})
@auth.staff("finance", "operator")
def show_receipt(sha256: str) -> Response:
    """A receipt as it was handed in."""

    def work() -> Response:
        row = recipients.receipt(_digest(sha256))
        return Response(row.content, content_type=row.media_type)

    answer = in_transaction(work)
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.post("/spendings")
@blueprint.input(SpendingRequest, arg_name="body")
@blueprint.output(AcceptedSpending, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
def ask_for_spending(body: SpendingRequest) -> Response:
    """Ask that a payment of the bank be booked to a fund, with its receipt; a second person
    decides."""
    staff_id, given = auth.principal().id, body.model_dump()
    wish = Wish(receipt_hash=bytes.fromhex(given.pop("receipt_sha256")), **given)
    return _step(201, lambda: booking.ask(wish, staff_id))


@blueprint.get("/spendings")
@blueprint.input(SpendingsQuery, location="query", arg_name="query")
@blueprint.output(SpendingPage)
@auth.staff("finance", "operator")
def list_spendings(query: SpendingsQuery) -> Fields:
    """Spendings, newest first, a page at a time."""

    def work() -> Fields:
        found = booking.page(query.fund, query.status, query.before, query.limit)
        names = recipients.names({row.recipient_id for row in found})
        return {"spendings": [_spending(row, names) for row in found]}

    return in_transaction(work)


@blueprint.post("/spendings/<uuid:spending_id>/decision")
@blueprint.input(SpendingDecision, arg_name="body")
@blueprint.output(AcceptedSpending)
@idempotent(money=True)
@auth.staff("finance")
def decide_spending(spending_id: UUID, body: SpendingDecision) -> Response:
    """Decide about a spending as the second person; agreeing posts it."""
    staff_id = auth.principal().id
    return _step(200, lambda: booking.decide(spending_id, staff_id, is_approved=body.is_approved))


@blueprint.post("/spendings/<uuid:spending_id>/undo")
@blueprint.input(SpendingUndoRequest, arg_name="body")
@blueprint.output(AcceptedSpending)
@idempotent(money=True)
@auth.staff("finance")
def undo_spending(spending_id: UUID, body: SpendingUndoRequest) -> Response:
    """Ask that a booked spending be undone, with the reason; a second person decides."""
    staff_id = auth.principal().id
    return _step(200, lambda: booking.ask_undo(spending_id, body.reason, staff_id))


@blueprint.post("/spendings/<uuid:spending_id>/undo/decision")
@blueprint.input(SpendingDecision, arg_name="body")
@blueprint.output(AcceptedSpending)
@idempotent(money=True)
@auth.staff("finance")
def decide_undoing(spending_id: UUID, body: SpendingDecision) -> Response:
    """Decide about an undoing as the second person; agreeing posts the counter-journal."""
    staff_id = auth.principal().id
    return _step(
        200, lambda: booking.decide_undo(spending_id, staff_id, is_approved=body.is_approved)
    )


@blueprint.get("/public/funds/<fund>")
@blueprint.input(PublicFundQuery, location="query", arg_name="query")
@blueprint.output(PublicFund)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def show_public_fund(fund: str, query: PublicFundQuery) -> Fields:
    """What everybody may see of `charity` or `campaign_fund`: months, balance, each spending with
    its receipt."""

    def work() -> Fields:
        wanted = months.public_fund(fund)
        found = months.summary(wanted)
        return {
            "fund": wanted,
            "balance_fen": found.balance_fen,
            "months": found.months,
            "spendings": [row._asdict() for row in months.told(wanted, query.before, query.limit)],
        }

    return in_transaction(work)


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise NotFound() from None


def _recipient(row: Recipient) -> Fields:
    return RecipientView.model_validate(row).model_dump()


def _spending(row: Spending, known: dict[UUID, str]) -> Fields:
    names = SpendingView.model_fields.keys() - {"receipt_sha256", "recipient_name"}
    fields = {name: getattr(row, name) for name in names}
    fields["recipient_name"] = known[row.recipient_id]
    return SpendingView(**fields, receipt_sha256=row.receipt_hash.hex()).model_dump(mode="json")


def _step(status: int, change: Callable[[], Spending]) -> Response:
    def work() -> tuple[int, Fields]:
        row = change()
        return status, _spending(row, recipients.names({row.recipient_id}))

    return execute(work)
