"""Paying in a store. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance.paying import (
    by_code,
    choices,
    codes,
    devices,
    pins,
    prices,
    receipts,
    wechat_codes,
)
from app.alliance.paying.schemas import (
    CodePaymentRequest,
    ConfirmationRequest,
    OpenPaymentsView,
    PaymentCodeView,
    PaymentSettingsView,
    PinRequest,
    PriceQuery,
    PriceView,
    PurseChoiceRequest,
    ReceiptView,
    WeChatCodeRequest,
)
from app.alliance.payment_schemas import PaymentView
from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import MEMBER_SIGN_IN, limiter
from app.core.proofs import Proof
from app.core.world import now

blueprint = api_blueprint("paying", __name__)
Fields = dict[str, Any]
TILL = ("merchant_owner", "cashier")


@blueprint.get("/me/payment-code")
@blueprint.output(PaymentCodeView)
@auth.member
def show_payment_code() -> Fields:
    """The signed-in member's payment code of this minute, for one payment at any store."""
    member_id = auth.principal().id
    found = in_transaction(lambda: devices.shown_code(member_id))
    return {
        "code": found.code,
        "barcode": found.code,
        "qr_text": found.code,
        "expires_at": found.expires_at,
        "server_time": now(),
        "offline": {
            "head": found.head,
            "seed": found.seed,
            "digits": codes.PROOF_DIGITS,
            "step_seconds": codes.STEP_SECONDS,
            "valid_until": found.valid_until,
        },
    }


@blueprint.post("/payments/by-code")
@blueprint.input(CodePaymentRequest, arg_name="body")
@blueprint.output(PaymentView, status_code=201)
@idempotent(money=True)
@auth.staff(*TILL)
def pay_by_code(body: CodePaymentRequest) -> Response:
    """Take a payment at the caller's store by the code that a member shows.

    `confirming` above the member's free limits: ask again until the member has decided.
    """
    return by_code.pay(
        auth.principal(), body.code, body.amount_fen, body.store_id, body.trade_type.lower()
    )


@blueprint.post("/payments/<uuid:payment_id>/wechat-code")
@blueprint.input(WeChatCodeRequest, arg_name="body")
@blueprint.output(PaymentView)
@idempotent(money=True)
@auth.staff(*TILL)
def charge_wechat_code(payment_id: UUID, body: WeChatCodeRequest) -> Response:
    """Charge WeChat's part of a payment (`CODE`) by the code that WeChat shows on the phone.

    Still `awaiting` in the answer: the payer enters a password, or WeChat did not answer clearly.
    """
    till_ip = request.remote_addr or "0.0.0.0"
    return wechat_codes.charge(auth.principal(), payment_id, body.auth_code, till_ip)


@blueprint.get("/me/open-payments")
@blueprint.output(OpenPaymentsView)
@auth.member
def show_open_payments() -> Fields:
    """Payments by code that wait for the signed-in member: to confirm, or to pay with WeChat."""
    member_id = auth.principal().id
    return {"payments": in_transaction(lambda: by_code.open_payments(member_id))}


@blueprint.post("/payments/<uuid:payment_id>/confirm")
@blueprint.input(ConfirmationRequest, arg_name="body")
@blueprint.output(PaymentView, status_code=201)
@idempotent(money=True)
@auth.member
@limiter.limit(MEMBER_SIGN_IN)
def confirm_payment(payment_id: UUID, body: ConfirmationRequest) -> Response:
    """Let a payment by code be taken that is above the free limits."""
    return by_code.confirm(auth.principal().id, payment_id, Proof(body.pin, body.login_code))


@blueprint.get("/payments/preview")
@blueprint.input(PriceQuery, location="query", arg_name="query")
@blueprint.output(PriceView)
@auth.member
def preview_payment(query: PriceQuery) -> Fields:
    """What a payment at a store would take from which purses, and the best use of them."""
    return prices.preview(auth.principal().id, query.store_id, query.amount_fen)


@blueprint.get("/payments/<uuid:payment_id>/receipt")
@blueprint.output(ReceiptView)
@auth.member_or_staff(*TILL, "operator", "finance", "support")
def show_receipt(payment_id: UUID) -> Fields:
    """The receipt of a payment, with the part of the split that concerns the caller."""
    caller = auth.principal()
    return in_transaction(lambda: receipts.receipt(caller, payment_id))


@blueprint.get("/me/payment-settings")
@blueprint.output(PaymentSettingsView)
@auth.member
def show_payment_settings() -> Fields:
    """How the signed-in member's payment code pays."""
    return _settings_of(auth.principal().id)


@blueprint.put("/me/payment-settings")
@blueprint.input(PurseChoiceRequest, arg_name="body")
@blueprint.output(PaymentSettingsView)
@auth.member
def choose_purses(body: PurseChoiceRequest) -> Fields:
    """Choose the purses from which the payment code pays."""
    member_id = auth.principal().id
    in_transaction(lambda: choices.choose(member_id, body.purses))
    return _settings_of(member_id)


@blueprint.put("/me/payment-pin")
@blueprint.input(PinRequest, arg_name="body")
@blueprint.output(PaymentSettingsView)
@auth.member
@limiter.limit(MEMBER_SIGN_IN)
def set_payment_pin(body: PinRequest) -> Fields:
    """Set, change or replace the signed-in member's payment PIN.

    With the old one, with a fresh login code, or in a session of the last ten minutes.
    """
    member_id = auth.principal().id
    if body.old_pin is not None:
        pins.change(member_id, body.pin, body.old_pin)
    else:
        pins.renew(member_id, body.pin, body.login_code)
    return _settings_of(member_id)


def _settings_of(member_id: UUID) -> Fields:
    def work() -> Fields:
        pin = pins.find(member_id)
        return {
            "purses": sorted(choices.purses_of(member_id)),
            "has_pin": pin is not None,
            "pin_usable_at": pin.usable_at if pin else None,
            "free_fen": settings().payment_free_fen,
            "free_daily_fen": settings().payment_free_daily_fen,
        }

    return in_transaction(work)
