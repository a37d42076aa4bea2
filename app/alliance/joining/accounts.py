"""The bank account a new merchant applied with: paid to once finance has confirmed it."""

from __future__ import annotations

from uuid import UUID

from app.alliance.bank_accounts import service as bank_accounts
from app.alliance.joining import service
from app.alliance.joining.errors import ProposalDecided
from app.alliance.joining.models import AccountProposal, ApplicationVersion
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
