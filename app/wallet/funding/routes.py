"""Booking what arrived in a fund, was moved outside or paid to the tax office, reversing it, and
agreeing to either. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import InvalidRequest
from app.core.idempotency import execute, idempotent
from app.ledger.service import Account
from app.wallet import treasury
from app.wallet.funding import booking, reversing
from app.wallet.funding.booking import Wish
from app.wallet.funding.models import TreasuryBooking
from app.wallet.funding.schemas import (
    AcceptedTreasuryBooking,
    BookingDecision,
    BookingsQuery,
    FundRequest,
    ReversalRequest,
    TaxPaymentRequest,
    TreasuryBookingPage,
    TreasuryBookingView,
    TreasuryRequest,
)

blueprint = api_blueprint("bookings of the platform's money", __name__)
Fields = dict[str, Any]


@blueprint.post("/funds")
@blueprint.input(FundRequest, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def fill_fund(body: FundRequest) -> Response:
    """Book money that has arrived outside into a fund; a large sum waits for a second person."""
    caller = auth.principal().id
    wish = Wish(booking.PAID_IN, body.source, body.account, body.amount_fen)
    return _answer(201, lambda: booking.book(wish, caller))


@blueprint.post("/treasury")
@blueprint.input(TreasuryRequest, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def move_treasury(body: TreasuryRequest) -> Response:
    """Book that money was moved from one place outside to another; a large sum waits for a second
    person."""
    if body.origin is body.target:
        raise InvalidRequest("from and to are the same place")
    caller = auth.principal().id
    wish = Wish(booking.MOVED, body.origin, body.target, body.amount_fen)
    return _answer(201, lambda: booking.book(wish, caller))


@blueprint.post("/tax-payments")
@blueprint.input(TaxPaymentRequest, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def pay_tax(body: TaxPaymentRequest) -> Response:
    """Book that withheld tax was paid to the tax office from the bank; a large sum waits for a
    second person. A receipt stands in one booking."""
    caller, origin = auth.principal().id, treasury.Place.BANK_CUSTODY
    target, receipt = Account.TAX_WITHHELD.label, body.receipt.strip()
    wish = Wish(booking.TAX_PAID, origin, target, body.amount_fen, receipt)
    return _answer(201, lambda: booking.book(wish, caller))


@blueprint.get("/treasury/bookings")
@blueprint.input(BookingsQuery, location="query", arg_name="query")
@blueprint.output(TreasuryBookingPage)
@auth.staff("finance", "operator")
def list_treasury_bookings(query: BookingsQuery) -> Fields:
    """Bookings of the platform's money, newest first, a page at a time."""

    def work() -> Fields:
        found = booking.page(query.status, query.kind, query.before, query.limit)
        return {"bookings": [_view(row) for row in found]}

    return in_transaction(work)


@blueprint.post("/treasury/bookings/<uuid:booking_id>/decision")
@blueprint.input(BookingDecision, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def decide_treasury_booking(booking_id: UUID, body: BookingDecision) -> Response:
    """Agree to another person's booking, which posts it, or refuse it; who asked may take it
    back."""
    caller = auth.principal().id
    return _answer(200, lambda: booking.decide(booking_id, caller, is_approved=body.is_approved))


@blueprint.post("/treasury/bookings/<uuid:booking_id>/reversal")
@blueprint.input(ReversalRequest, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def reverse_treasury_booking(booking_id: UUID, body: ReversalRequest) -> Response:
    """Reverse a booking that was a mistake, once, with the reason; a large sum waits for a second
    person."""
    caller = auth.principal().id
    return _answer(200, lambda: reversing.ask(booking_id, body.reason, caller))


@blueprint.post("/treasury/bookings/<uuid:booking_id>/reversal/decision")
@blueprint.input(BookingDecision, arg_name="body")
@blueprint.output(AcceptedTreasuryBooking)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def decide_treasury_reversal(booking_id: UUID, body: BookingDecision) -> Response:
    """Agree to another person's reversal, which posts it, or refuse it; who asked may take it
    back."""
    caller = auth.principal().id
    return _answer(200, lambda: reversing.decide(booking_id, caller, is_approved=body.is_approved))


def _answer(status: int, step: Callable[[], TreasuryBooking]) -> Response:
    return execute(lambda: (status, _view(step())))


def _view(row: TreasuryBooking) -> Fields:
    return TreasuryBookingView.model_validate(row).model_dump(mode="json")
