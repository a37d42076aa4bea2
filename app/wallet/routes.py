"""What members see and do with their wallet. Holds no rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import InvalidRequest, NotFound
from app.core.idempotency import execute, idempotent
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account, Entry
from app.members import service as members
from app.wallet import purses, wording
from app.wallet.models import Withdrawal
from app.wallet.schemas import (
    AcceptedWithdrawal,
    MyWithdrawalsQuery,
    StatementQuery,
    StatementView,
    WalletView,
    WithdrawalRequest,
    WithdrawalsView,
    WithdrawalView,
)
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals import review as withdrawal_review
from app.wallet.withdrawals import tax as withdrawal_tax
from app.wallet.withdrawals.tax_schemas import QuoteQuery, QuoteView
from app.wechat import client as wechat

blueprint = api_blueprint("wallet", __name__)
Fields = dict[str, Any]


@blueprint.get("/me/wallet")
@blueprint.output(WalletView)
@auth.member
def show_my_wallet() -> Fields:
    """Every purse of the signed-in member, straight from the books."""
    member_id = auth.principal().id
    found = purses.purses(member_id)
    return {
        "purses": {account.label: _purse(account, found[account]) for account in found},
        "lots": [_lot(lot) for lot in purses.lots_left(member_id)],
        "withdrawable_fen": found[Account.REBATE].balance_fen,
        "withdrawal_minimum_fen": settings().withdrawal_minimum_fen,
    }


def _purse(account: Account, balance: ledger.Balance) -> Fields:
    title, title_en = wording.PURSES[account]
    return {
        "balance_fen": balance.balance_fen,
        "ledger_version": balance.ledger_version,
        "title": title,
        "title_en": title_en,
    }


def _lot(lot: purses.LotLeft) -> Fields:
    return {
        "lot_id": lot.lot_id,
        "purse": lot.account.label,
        "balance_fen": lot.balance_fen,
        "store_id": lot.store_id,
        "expires_at": lot.expires_at,
        "sale_cap_bp": lot.sale_cap_bp,
    }


@blueprint.get("/me/statement")
@blueprint.input(StatementQuery, location="query", arg_name="query")
@blueprint.output(StatementView)
@auth.member
def show_my_statement(query: StatementQuery) -> Fields:
    """The movements of the signed-in member's purses, newest first."""
    try:
        page = ledger.entries(auth.principal().id, purses.PURSES, query.cursor, query.limit)
    except ValueError as error:
        raise InvalidRequest("the cursor is not one of ours") from error
    return {"lines": [_line(entry) for entry in page.entries], "next_cursor": page.cursor}


def _line(entry: Entry) -> Fields:
    title, title_en = wording.line(entry.kind)
    return {
        "journal_id": entry.journal_id,
        "kind": entry.kind,
        "title": title,
        "title_en": title_en,
        "purse": entry.account.label,
        "purse_title": wording.PURSES[entry.account][0],
        "amount_fen": entry.amount_fen,
        "balance_fen": entry.balance_fen,
        "ledger_version": entry.version,
        "reference_id": entry.reference_id,
        "at": entry.posted_at,
    }


@blueprint.post("/withdrawals")
@blueprint.input(WithdrawalRequest, arg_name="body")
@blueprint.output(AcceptedWithdrawal, status_code=201)
@idempotent(money=True)
@auth.member
def request_withdrawal(body: WithdrawalRequest) -> Response:
    """Withdraw rebate to the signed-in member's WeChat."""
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = withdrawals.request_withdrawal(member_id, body.amount_fen)
        return 201, WithdrawalView(**fields(row)).model_dump(mode="json")

    return execute(work)


@blueprint.get("/me/withdrawal-quote")
@blueprint.input(QuoteQuery, location="query", arg_name="query")
@blueprint.output(QuoteView)
@auth.member
def quote_withdrawal(query: QuoteQuery) -> Fields:
    """What a withdrawal of the signed-in member would cost now: fee and withheld tax."""
    member_id, amount_fen = auth.principal().id, query.amount_fen
    withdrawals.check_amount(amount_fen)
    charges = in_transaction(lambda: withdrawal_tax.charges_of(member_id, amount_fen, now()))
    return asdict(charges) | {
        "amount_fen": amount_fen,
        "transfer_fen": amount_fen - charges.fee_fen - charges.tax_fen,
    }


@blueprint.get("/withdrawals/<uuid:withdrawal_id>")
@blueprint.output(WithdrawalView)
@auth.member
def show_withdrawal(withdrawal_id: UUID) -> Fields:
    """One withdrawal of the signed-in member, with what the phone needs to confirm it."""
    member_id = auth.principal().id

    def work() -> Fields:
        row = withdrawals.withdrawal(withdrawal_id)
        if not _is_theirs(row.member_id, member_id):
            raise NotFound()
        return fields(row) | {"confirmation": _confirmation(row)}

    return in_transaction(work)


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/cancel")
@blueprint.output(AcceptedWithdrawal)
@idempotent(money=True)
@auth.member
def cancel_withdrawal(withdrawal_id: UUID) -> Response:
    """Take a withdrawal of the signed-in member back, as long as WeChat has not paid it.

    What was sent already is cancelled at WeChat first: `is_asked_back` until it has answered.
    """
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = withdrawal_review.cancel_withdrawal(withdrawal_id, member_id)
        return 200, WithdrawalView(**fields(row)).model_dump(mode="json")

    return execute(work)


@blueprint.get("/me/withdrawals")
@blueprint.input(MyWithdrawalsQuery, location="query", arg_name="query")
@blueprint.output(WithdrawalsView)
@auth.member
def show_my_withdrawals(query: MyWithdrawalsQuery) -> Fields:
    """The signed-in member's withdrawals, newest first."""
    member_id = auth.principal().id

    def work() -> list[Fields]:
        found = withdrawals.withdrawals_of(member_id, query.before, query.limit)
        return [fields(row) for row in found]

    return {"withdrawals": in_transaction(work)}


def _is_theirs(owner_id: UUID | None, member_id: UUID) -> bool:
    """Also what belonged to another account of theirs that was merged into this one."""
    return owner_id is not None and member_id in (owner_id, members.today(owner_id))


def fields(row: Withdrawal) -> Fields:
    """A withdrawal as its member may see it."""
    return {
        "id": row.id,
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


def _confirmation(row: Withdrawal) -> dict[str, str] | None:
    app_id = settings().wechat_mini_app_id
    openid = members.openid_of(row.member_id, app_id)
    if row.package_info is None or openid is None:
        return None
    return wechat.transfer_confirmation(row.package_info, app_id, openid)
