"""What members see and do with their wallet. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.errors import InvalidRequest
from app.ledger import service as ledger
from app.ledger.service import Account, Entry
from app.wallet import purses, wording
from app.wallet.schemas import StatementQuery, StatementView, WalletView

blueprint = api_blueprint("wallet", __name__)
Fields = dict[str, Any]


@blueprint.get("/me/wallet")
@blueprint.output(WalletView)
@auth.member
def show_my_wallet() -> Fields:
    """Every purse of the signed-in member, straight from the books."""
    return _wallet(auth.principal().id)


def _wallet(member_id: UUID) -> Fields:
    found = purses.purses(member_id)
    return {
        "purses": {account.label: _purse(account, found[account]) for account in found},
        "lots": [_lot(lot) for lot in purses.lots_left(member_id)],
        "withdrawable_fen": found[Account.REBATE].balance_fen,
        "withdrawal_minimum_fen": settings().withdrawal_minimum_fen,
    }


@blueprint.get("/members/<uuid:member_id>/wallet")
@blueprint.output(WalletView)
@auth.staff("operator", "support", "finance")
def show_wallet_of(member_id: UUID) -> Fields:
    """Every purse of a member, for staff."""
    return _wallet(member_id)


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
    return _statement(auth.principal().id, query)


@blueprint.get("/members/<uuid:member_id>/statement")
@blueprint.input(StatementQuery, location="query", arg_name="query")
@blueprint.output(StatementView)
@auth.staff("operator", "support", "finance")
def show_statement_of(member_id: UUID, query: StatementQuery) -> Fields:
    """The movements of a member's purses, newest first, for staff."""
    return _statement(member_id, query)


def _statement(member_id: UUID, query: StatementQuery) -> Fields:
    try:
        page = ledger.entries(member_id, purses.PURSES, query.cursor, query.limit)
    except ValueError as error:
        raise InvalidRequest("the cursor is not one of ours") from error
    return {"lines": [_line(entry) for entry in page.entries], "next_cursor": page.cursor}


def _line(entry: Entry) -> Fields:
    title, title_en = wording.line(entry.kind)
    return {
        "entry_id": f"{entry.journal_id}-{entry.leg}",
        "journal_id": entry.journal_id,
        "kind": entry.kind,
        "title": title,
        "title_en": title_en,
        "purse": entry.account.label,
        "purse_title": wording.PURSES[entry.account][0],
        "purse_title_en": wording.PURSES[entry.account][1],
        "amount_fen": entry.amount_fen,
        "balance_fen": entry.balance_fen,
        "ledger_version": entry.version,
        "reference_id": entry.reference_id,
        "at": entry.posted_at,
    }
