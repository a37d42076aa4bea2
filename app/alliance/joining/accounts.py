"""The bank account a new merchant applied with: paid to once finance has confirmed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.bank_accounts import service as bank_accounts
from app.alliance.bank_accounts.models import MerchantBankAccount
from app.alliance.joining import service
from app.alliance.joining.errors import ProposalDecided
from app.alliance.joining.models import AccountProposal, ApplicationVersion
from app.alliance.models import Merchant
from app.core.db import db
from app.core.errors import NotFound, SecondPersonNeeded
from app.core.world import now


def decide(
    proposal_id: UUID, staff_id: UUID, reason: str | None, *, is_confirmed: bool
) -> AccountProposal:
    """Names the account as the merchant's next version, or declines it, in the current unit of
    work. Locks the proposal. Raises NotFound, ProposalDecided, BankAccountInvalid,
    SecondPersonNeeded for whoever approved the application."""
    row = db.session.get(AccountProposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.status != "proposed":
        raise ProposalDecided()
    if row.proposed_by == staff_id:
        raise SecondPersonNeeded()
    if is_confirmed:
        sent = db.session.get_one(ApplicationVersion, row.application_version_id)
        wanted = (service.opened(sent, "account_holder"), service.opened(sent, "account_number"))
        bank_accounts.name_account(row.merchant_id, *wanted, sent.bank, staff_id)
    row.status = "confirmed" if is_confirmed else "declined"
    row.decided_by, row.reason, row.decided_at = staff_id, reason, now()
    db.session.flush()
    return row


def compared(rows: Sequence[AccountProposal]) -> list[dict[str, Any]]:
    """What proposals say beside the accounts in force, numbers masked, in the current unit."""
    sent = _by_id(ApplicationVersion, [row.application_version_id for row in rows])
    merchants = _by_id(Merchant, [row.merchant_id for row in rows])
    current = bank_accounts.newest_of({row.merchant_id for row in rows})
    return [
        _beside(
            row,
            sent[row.application_version_id],
            merchants[row.merchant_id],
            current.get(row.merchant_id),
        )
        for row in rows
    ]


def _beside(
    row: AccountProposal,
    sent: ApplicationVersion,
    merchant: Merchant,
    current: MerchantBankAccount | None,
) -> dict[str, Any]:
    kept = ("id", "merchant_id", "status", "proposed_by", "created_at")
    decided = ("decided_by", "reason", "decided_at")
    return {name: getattr(row, name) for name in (*kept, *decided)} | {
        "merchant_name": merchant.name,
        "application_id": sent.application_id,
        "account_kind": sent.account_kind,
        "number_masked": _masked(sent.account_last_four),
        "bank": sent.bank,
        "current": current
        and {
            "version": current.version,
            "number_masked": _masked(current.last_four),
            "bank": current.bank,
            "is_same": current.number_key == sent.account_key,
        },
    }


def _masked(last_four: str) -> str:
    return f"**** {last_four}"


def _by_id(model: Any, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}
