"""Bank accounts that are to become merchants': what a new one applied with, or what finance was
told of later. Nobody is paid to one before somebody else of finance has confirmed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue, payee_news
from app.alliance.bank_accounts import service as bank_accounts
from app.alliance.bank_accounts.models import MerchantBankAccount
from app.alliance.joining import pictures, service
from app.alliance.joining.errors import ProposalDecided
from app.alliance.joining.keys import account_key
from app.alliance.joining.models import AccountProposal, ApplicationVersion, proposal_context
from app.alliance.models import Merchant
from app.core import crypto, four_eyes
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now


def propose(
    merchant_id: UUID, holder: str, number: str, bank: str, author: UUID
) -> AccountProposal:
    """Writes down where a merchant wants to be paid, for somebody else to confirm, in the current
    unit of work; the contacts are told. Raises MerchantUnknown, BankAccountInvalid."""
    catalogue.merchant(merchant_id)
    bank_accounts.check(number)
    identity = new_id(bucket_of(merchant_id))
    row = AccountProposal(
        id=identity,
        merchant_id=merchant_id,
        holder_sealed=crypto.encrypt(holder, proposal_context("holder", identity)),
        number_sealed=crypto.encrypt(number, proposal_context("number", identity)),
        last_four=number[-4:],
        bank=bank,
        status="proposed",
        proposed_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    payee_news.tell(merchant_id, "account_proposed", last_four=row.last_four)
    return row


def decide(
    proposal_id: UUID, staff_id: UUID, reason: str | None, *, is_confirmed: bool
) -> AccountProposal:
    """Names the account as the merchant's next version, of which the contacts are told, or
    declines it, in the current unit of work. Locks the proposal. Raises NotFound, ProposalDecided,
    BankAccountInvalid, SecondPersonNeeded for whoever proposed it or approved the application."""
    row = db.session.get(AccountProposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.status != "proposed":
        raise ProposalDecided()
    four_eyes.require_other(staff_id, row.proposed_by)
    if is_confirmed:
        named = bank_accounts.name_account(row.merchant_id, *_wanted(row), staff_id)
        payee_news.tell(row.merchant_id, "account_changed", last_four=named.last_four)
    row.status = "confirmed" if is_confirmed else "declined"
    row.decided_by, row.reason, row.decided_at = staff_id, reason, now()
    db.session.flush()
    return row


def _wanted(row: AccountProposal) -> tuple[str, str, str]:
    """Holder, number and bank."""
    if row.holder_sealed and row.number_sealed and row.bank:
        holder = crypto.decrypt(row.holder_sealed, proposal_context("holder", row.id))
        return (
            holder,
            crypto.decrypt(row.number_sealed, proposal_context("number", row.id)),
            row.bank,
        )
    sent = db.session.get_one(ApplicationVersion, row.application_version_id)
    wanted = (service.opened(sent, "account_holder"), service.opened(sent, "account_number"))
    return *wanted, sent.bank


def compared(rows: Sequence[AccountProposal]) -> list[dict[str, Any]]:
    """What proposals say beside the accounts in force, numbers masked, in the current unit."""
    sent = _by_id(ApplicationVersion, [row.application_version_id for row in rows])
    merchants = _by_id(Merchant, [row.merchant_id for row in rows])
    current = bank_accounts.newest_of({row.merchant_id for row in rows})
    papers = pictures.papers_of({each.application_id for each in sent.values()})
    return [
        _beside(
            row,
            sent.get(row.application_version_id),
            merchants[row.merchant_id],
            current.get(row.merchant_id),
            papers,
        )
        for row in rows
    ]


def _beside(
    row: AccountProposal,
    sent: ApplicationVersion | None,
    merchant: Merchant,
    current: MerchantBankAccount | None,
    papers: dict[UUID, list[dict[str, Any]]],
) -> dict[str, Any]:
    kept = ("id", "merchant_id", "status", "proposed_by", "created_at")
    decided = ("decided_by", "reason", "decided_at")
    return {name: getattr(row, name) for name in (*kept, *decided)} | {
        "merchant_name": merchant.name,
        "application_id": sent and sent.application_id,
        "account_kind": sent and sent.account_kind,
        "number_masked": _masked(sent.account_last_four if sent else row.last_four),
        "bank": sent.bank if sent else row.bank,
        "pictures": papers[sent.application_id] if sent else [],
        "current": current
        and {
            "version": current.version,
            "number_masked": _masked(current.last_four),
            "bank": current.bank,
            "is_same": current.number_key == (sent.account_key if sent else _key(row)),
        },
    }


def _key(row: AccountProposal) -> bytes:
    _, number, _ = _wanted(row)
    return account_key(number)


def _masked(last_four: str | None) -> str:
    return f"**** {last_four}"


def _by_id(model: Any, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}
