"""What earners do with their withdrawals. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.idempotency import execute, idempotent, replayed
from app.core.proofs import may_be_asked
from app.core.world import now
from app.ledger.service import Account
from app.members import service as members
from app.wallet import signals
from app.wallet.models import Withdrawal
from app.wallet.schemas import (
    AcceptedWithdrawal,
    MyWithdrawalsQuery,
    WithdrawalRequest,
    WithdrawalsView,
    WithdrawalView,
)
from app.wallet.withdrawals import payees, requests, review, tax
from app.wallet.withdrawals.channels.choosing import offered, with_choice
from app.wallet.withdrawals.channels.wechat_transfer import confirming_app
from app.wallet.withdrawals.tax_schemas import QuoteQuery, QuoteView
from app.wechat import client as wechat

blueprint = api_blueprint("withdrawals", __name__)
Fields = dict[str, Any]


@blueprint.post("/withdrawals")
@blueprint.input(WithdrawalRequest, arg_name="body")
@blueprint.output(AcceptedWithdrawal, status_code=201)
@idempotent(money=True)
@may_be_asked
@auth.member_or_staff("merchant_owner")
def request_withdrawal(body: WithdrawalRequest) -> Response:
    """Withdraw what the signed-in member owns, or the merchant or salesperson they may ask for. A
    merchant's owner confirms with the second factor, a member above `PAYMENT_FREE_FEN` with
    `Payment-Pin`, or `Login-Code`."""
    caller = auth.principal()
    if caller.kind == "member":
        signals.confirmation_asked.send(caller.id, amount_fen=body.amount_fen)
    if caller.kind == "staff" and replayed() is None:
        staff_sessions.require_confirmed()

    def work() -> tuple[int, Fields]:
        payee = payees.payee(caller, body.owner_id, body.receiver_id)
        payee = with_choice(replace(payee, app_id=_app_id(body)), body.channel)
        row = requests.request(payee, body.source, body.amount_fen, principal_id=caller.id)
        return 201, WithdrawalView(**fields(row)).model_dump(mode="json")

    return execute(work)


@blueprint.get("/me/withdrawal-quote")
@blueprint.input(QuoteQuery, location="query", arg_name="query")
@blueprint.output(QuoteView)
@auth.member_or_staff("merchant_owner")
def quote_withdrawal(query: QuoteQuery) -> Fields:
    """What such a withdrawal would cost now: fee and withheld tax."""
    caller, amount_fen = auth.principal(), query.amount_fen

    def work() -> Fields:
        payee = payees.payee(caller, query.owner_id)
        requests.check_amount(payee.kind, query.source, amount_fen)
        payees.check_source(payee, query.source)
        charges = tax.charges_of(payee, query.source, amount_fen, now())
        return asdict(charges) | {
            "amount_fen": amount_fen,
            "transfer_fen": amount_fen - charges.fee_fen - charges.tax_fen,
            "channels": offered(payee),
        }

    return in_transaction(work)


@blueprint.get("/withdrawals/<uuid:withdrawal_id>")
@blueprint.output(WithdrawalView)
@auth.member_or_staff("merchant_owner")
def show_withdrawal(withdrawal_id: UUID) -> Fields:
    """One withdrawal, with what its receiver's phone needs to confirm it."""
    caller = auth.principal()

    def work() -> Fields:
        row = requests.withdrawal(withdrawal_id)
        if not payees.may_see(caller, row):
            raise NotFound()
        return fields(row) | {"confirmation": _confirmation(row, caller.id)}

    return in_transaction(work)


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/cancel")
@blueprint.output(AcceptedWithdrawal)
@idempotent(money=True)
@auth.member_or_staff("merchant_owner")
def cancel_withdrawal(withdrawal_id: UUID) -> Response:
    """Take a withdrawal back, as long as it is not paid.

    What was sent already is cancelled at the channel first: `is_asked_back` until it has answered.
    """
    caller = auth.principal()

    def work() -> tuple[int, Fields]:
        row = review.cancel_withdrawal(withdrawal_id, caller)
        return 200, WithdrawalView(**fields(row)).model_dump(mode="json")

    return execute(work)


@blueprint.get("/me/withdrawals")
@blueprint.input(MyWithdrawalsQuery, location="query", arg_name="query")
@blueprint.output(WithdrawalsView)
@auth.member_or_staff("merchant_owner")
def show_my_withdrawals(query: MyWithdrawalsQuery) -> Fields:
    """Withdrawals of the signed-in member, or of the owner they may ask for, newest first."""
    caller = auth.principal()

    def work() -> list[Fields]:
        owner_id = payees.payee(caller, query.owner_id).owner_id
        found = requests.withdrawals_of(owner_id, query.before, query.limit)
        return [fields(row) for row in found]

    return {"withdrawals": in_transaction(work)}


def fields(row: Withdrawal) -> Fields:
    """A withdrawal as who may ask for it sees it."""
    return {
        "id": row.id,
        "owner_id": row.owner_id,
        "owner_kind": row.owner_kind,
        "source": Account(row.source).label,
        "channel": row.channel,
        "amount_fen": row.amount_fen,
        "fee_fen": row.fee_fen,
        "tax_fen": row.tax_fen,
        "transfer_fen": row.transfer_fen,
        "status": row.state,
        "is_asked_back": row.is_asked_back,
        "journal_id": row.journal_id,
        "end_journal_id": row.end_journal_id,
        "reason": row.reason,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def _app_id(body: WithdrawalRequest) -> str | None:
    return settings().wechat_oa_app_id if body.app == "official_account" else None


def _confirmation(row: Withdrawal, caller_id: UUID) -> dict[str, str] | None:
    """Only for the receiver: nobody else's phone can confirm."""
    if row.member_id is None or caller_id not in (row.member_id, members.today(row.member_id)):
        return None
    app_id = confirming_app(row.app_id)
    openid = members.openid_of(row.member_id, app_id)
    if row.package_info is None or openid is None:
        return None
    return wechat.transfer_confirmation(row.package_info, app_id, openid)
