"""The pot of a campaign: an account of its own, filled by its funder, emptied by grants.

So nothing is promised that is not funded: the ledger's floor is the campaign's budget.
"""

from __future__ import annotations

from uuid import UUID

from app.benefits.contract import Funder
from app.benefits.models import Campaign
from app.core.world import PLATFORM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg

ACCOUNTS = {
    Funder.CAMPAIGN_FUND: Account.CAMPAIGN_FUND,
    Funder.OFFER_BUDGET: Account.OFFER_BUDGET,
    Funder.QUEUE_POOL: Account.QUEUE_POOL,
}


def left_fen(campaign_id: UUID) -> int:
    """What a campaign can still give away, in fen."""
    return ledger.balances(campaign_id)[Account.CAMPAIGN_POT].balance_fen


def fill(row: Campaign, amount_fen: int, principal_id: UUID) -> UUID | None:
    """Moves money of the funder into the pot, in the current unit; its journal.

    None, and nothing is moved, where the funder is short. `row` is locked by the caller.
    """
    row.fundings += 1
    legs = (_funder(row, -amount_fen), Leg(row.id, Account.CAMPAIGN_POT, amount_fen))
    posted = ledger.post_if_funded(
        [
            Journal(
                id=new_id(row.bucket),
                kind="campaign_funded",
                reference_id=row.id,
                principal_id=principal_id,
                key=f"campaign_funded:{row.id}:{row.fundings}",
                legs=legs,
            )
        ]
    )
    if posted is None:
        row.fundings -= 1
    return posted[0].journal_id if posted else None


def give_back(row: Campaign, amount_fen: int, principal_id: UUID) -> UUID:
    """Moves what is left over back to the funder, in the current unit; its journal.

    `row` is locked by the caller. Raises InsufficientFunds.
    """
    row.returns += 1
    legs = (Leg(row.id, Account.CAMPAIGN_POT, -amount_fen), _funder(row, amount_fen))
    posted = ledger.post(
        [
            Journal(
                id=new_id(row.bucket),
                kind="campaign_returned",
                reference_id=row.id,
                principal_id=principal_id,
                key=f"campaign_returned:{row.id}:{row.returns}",
                legs=legs,
            )
        ]
    )
    return posted[0].journal_id


def _funder(row: Campaign, amount_fen: int) -> Leg:
    funder = Funder(row.funder)
    owner_id = row.merchant_id if funder is Funder.OFFER_BUDGET else PLATFORM_ID
    assert owner_id is not None
    return Leg(owner_id, ACCOUNTS[funder], amount_fen)
