"""What members do at stores: sign in, top up, pay. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, g, request

from app.alliance import payments, reception, terms
from app.alliance.access import may_see_sale, may_touch_sale
from app.alliance.errors import NotYourHomeStore
from app.alliance.paying import amounts, by_code
from app.alliance.payment_schemas import (
    AcceptedTopUp,
    PaymentRequest,
    PaymentView,
    TopUpRequest,
    paying_app,
)
from app.alliance.prepaid import plans
from app.alliance.refunds import refunding as refunds
from app.alliance.schemas import (
    MemberSessions,
    RefundRequest,
    RefundView,
    SessionRequest,
    SessionView,
)
from app.core import auth, doors, idempotency, sessions
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import MEMBER_SIGN_IN, limiter
from app.core.proofs import may_be_asked
from app.core.world import now
from app.members import service as members
from app.wallet import service as wallet
from app.wechat import client as wechat

blueprint = api_blueprint("alliance", __name__)
Fields = dict[str, Any]
MERCHANT_STAFF = ("merchant_owner", "cashier", "operator")


@blueprint.post("/sessions")
@blueprint.input(SessionRequest, arg_name="body")
@blueprint.output(SessionView, status_code=201)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def open_session(body: SessionRequest) -> Fields:
    """Sign in from the mini-program; who is not yet a member becomes one."""
    login = wechat.code_to_session(body.code)
    app_id, entrance = (
        settings().wechat_mini_app_id,
        doors.of_mini_program(request.user_agent.string),
    )
    members.recognise(app_id, login.openid, login.unionid)

    def work() -> Fields:
        joined = reception.join(
            app_id, login.openid, login.unionid, "mini_program", body.scene, now()
        )
        members.require_present(joined.member_id)  # a merge at this moment waits, or comes first
        return reception.session_of(joined.member_id, entrance) | reception.told(joined)

    return in_transaction(work)


@blueprint.get("/sessions")
@blueprint.output(MemberSessions)
@auth.member
def show_sessions() -> Fields:
    """Where I am signed in: by which door, on what kind of device, since when, and when last seen.

    This session first, then the newest; `total` counts those beyond a hundred too.
    """
    member_id = auth.principal().id
    return in_transaction(lambda: sessions.of_member(member_id))


@blueprint.delete("/sessions/current")
@blueprint.output({}, status_code=204)
@auth.member
def end_session() -> str:
    """Sign out on this phone: the token opens nothing any more, also who copied it."""
    in_transaction(auth.end_session)
    return ""


@blueprint.delete("/sessions/<string(length=32):name>")
@blueprint.output({}, status_code=204)
@auth.member
def end_named_session(name: str) -> str:
    """Sign out in one other place: its token opens nothing any more, within five seconds, and its
    payment code is worth nothing at once."""
    in_transaction(lambda: sessions.end_named(name))
    return ""


@blueprint.delete("/sessions")
@blueprint.output({}, status_code=204)
@auth.member
def end_sessions() -> str:
    """Sign out everywhere: no token of the member's opens anything, and no phone's payment code."""
    member_id = auth.principal().id
    in_transaction(lambda: auth.revoke_sessions(member_id))
    return ""


@blueprint.post("/payments")
@blueprint.input(PaymentRequest, arg_name="body")
@blueprint.output(PaymentView, status_code=201)
@idempotent(money=True)
@may_be_asked
@auth.member
def pay(body: PaymentRequest) -> Response:
    """Pay at a store. If WeChat pays a part, the answer holds what the phone needs for that.

    Above `PAYMENT_FREE_FEN` the member proves themselves: `Payment-Pin`, or `Login-Code`.
    """
    member_id, purses = auth.principal().id, frozenset(body.purses)
    trade_type, browser, app_id = body.trade_type.lower(), _browser(body), paying_app(body.app)
    if body.code is not None or body.store_id is None or body.amount_fen is None:
        code, store_id, amount_fen = body.code or "", body.store_id, body.amount_fen
        return amounts.pay(
            amounts.Wish(member_id, code, store_id, amount_fen, purses, trade_type, browser, app_id)
        )
    return payments.pay(
        member_id, body.store_id, body.amount_fen, purses, trade_type, browser, app_id=app_id
    )


def _browser(body: PaymentRequest | TopUpRequest) -> wallet.Browser | None:
    """For WeChat's own check of who opens the page of an H5 payment (WeChat fact D5)."""
    if body.trade_type != "H5":
        return None
    return wallet.Browser(request.remote_addr or "0.0.0.0", body.return_to)


@blueprint.get("/payments/<uuid:payment_id>")
@blueprint.output(PaymentView)
@auth.member_or_staff(*MERCHANT_STAFF)
def show_payment(payment_id: UUID) -> Fields:
    """A payment, for its payer and for the staff of its store."""
    caller = auth.principal()

    def work() -> Fields:
        row = payments.look(payment_id)
        if row is None:
            return by_code.shown(caller, payment_id)
        may_see_sale(caller, row)
        return payments.shown(row)

    body = in_transaction(work)
    if body["status"] == "awaiting":
        found = payments.parameters(UUID(body["order_id"])) or {}
        if caller.kind == "staff":  # what a till may show; the rest is for the payer's phone
            found = {name: value for name, value in found.items() if name == "code_url"}
        body["wechat_pay_parameters"] = found or None
    return body


@blueprint.post("/payments/<uuid:payment_id>/cancel")
@blueprint.output(PaymentView)
@idempotent(money=True)
@auth.member_or_staff("merchant_owner", "cashier")
def cancel_payment(payment_id: UUID) -> Response:
    """Give up a payment that waits for its member or for WeChat; the purses are free again."""
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    caller = auth.principal()
    body = in_transaction(lambda: by_code.call_off(caller, payment_id))
    body = body or payments.cancel(caller, payment_id)
    return idempotency.execute(lambda: (200, body))


@blueprint.post("/payments/<uuid:payment_id>/refunds")
@blueprint.input(RefundRequest, arg_name="body")
@blueprint.output(RefundView, status_code=201)
@idempotent(money=True)
@auth.staff(*MERCHANT_STAFF)
def refund_payment(payment_id: UUID, body: RefundRequest) -> Response:
    """Refund a payment or a part of it, each fen to where it came from."""
    caller = auth.principal()
    in_transaction(lambda: may_touch_sale(caller, payments.find(payment_id)))
    return refunds.refund(payment_id, body.amount_fen, body.reason, caller.id)


@blueprint.post("/top-ups")
@blueprint.input(TopUpRequest, arg_name="body")
@blueprint.output(AcceptedTopUp, status_code=201)
@idempotent(money=True)
@auth.member
def start_top_up(body: TopUpRequest) -> Response:
    """Top up at the home store with WeChat Pay."""
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    member_id = auth.principal().id
    wallet.check_top_up(body.amount_fen)  # a refused request must not choose a home store
    terms.of_store(body.store_id).selling(now())
    limit = (member_id, body.store_id, body.amount_fen)
    in_transaction(lambda: wallet.check_prepaid_limits(*limit))
    promise = plans.promise(body.plan_id, member_id, body.store_id, body.amount_fen)
    in_transaction(lambda: _settle_home_store(member_id, body.store_id))
    started = plans.start(
        member_id,
        body.store_id,
        body.amount_fen,
        body.trade_type.lower(),
        browser=_browser(body),
        promise=promise,
        app_id=paying_app(body.app),
    )
    view = AcceptedTopUp.model_validate(
        asdict(started)
        | {
            "created_at": started.created_at.isoformat(),
            "expires_at": started.expires_at.isoformat(),
            "request_id": str(g.request_id),
        }
    )
    return idempotency.execute(lambda: (201, view.model_dump(mode="json")))


def _settle_home_store(member_id: UUID, store_id: UUID) -> None:
    try:
        members.choose_home_store(member_id, store_id)
    except members.HomeStoreChosen as error:
        bound = members.binding(member_id)
        home = str(bound.home_store_id) if bound else None
        raise NotYourHomeStore(home_store_id=home) from error
