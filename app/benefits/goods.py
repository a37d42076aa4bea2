"""Goods that a campaign has given and that come back: the money goes to its pot, never to a member.

Posts nothing: it says which legs belong into the journal of the order or refund that is being made.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance import service as alliance
from app.benefits import grants, prize_tax
from app.benefits.models import Grant
from app.benefits.registry import benefit
from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of
from app.ledger.service import Account, Leg
from app.members import service as members


def returned(
    sender: str, *, order_id: UUID, amount_fen: int, journal_id: UUID, is_given_up: bool
) -> list[Leg] | None:
    """Receiver of the alliance's `gift_returned`: what comes back of a grant in goods goes to the
    campaign, and from an ended one to its funder; so does its tax that was not paid to the office.

    Locks the grant, then the campaign. None for an order that no campaign has paid.
    """
    mine = (Grant.bucket == bucket_of(order_id), Grant.order_id == order_id)
    grant_id = db.session.scalar(select(Grant.id).where(*mine))
    if grant_id is None:
        return None
    row = grants.locked(grant_id)
    if _is_owed_for(row):
        row.taken_free_fen += amount_fen
        db.session.flush()
        return _to_winner(row, amount_fen)
    grants.receiving(row.campaign_id)
    legs = _to_pot(row, amount_fen, journal_id)
    db.session.flush()
    if not is_given_up:
        benefit(row.benefit).came_back(row.subject_id)
    return legs


def _is_owed_for(row: Grant) -> bool:
    """Whether its winner has to pay for goods that were handed over: then they are theirs."""
    return row.taken_back_fen == row.amount_fen and row.taken_free_fen < row.free_fen


def _to_pot(row: Grant, amount_fen: int, journal_id: UUID) -> list[Leg]:
    """The price that comes back, and its part of the tax; exact over any sequence."""
    before_fen = row.tax_fen * row.taken_free_fen // row.free_fen
    row.taken_free_fen += amount_fen
    after_fen = row.tax_fen * row.taken_free_fen // row.free_fen
    withheld_fen = after_fen - before_fen
    tax_fen = withheld_fen if prize_tax.is_here(row, withheld_fen) else 0
    row.taken_back_fen, row.takings_back = row.taken_free_fen + after_fen, row.takings_back + 1
    prize_tax.note(row, journal_id, -amount_fen - withheld_fen, -tax_fen)
    legs = (
        Leg(row.campaign_id, Account.CAMPAIGN_POT, amount_fen + tax_fen),
        Leg(PLATFORM_ID, Account.TAX_WITHHELD, -tax_fen),
    )
    return [leg for leg in legs if leg.amount_fen]


def _to_winner(row: Grant, amount_fen: int) -> list[Leg]:
    """They owe, or have paid, for the goods, of which the campaign has a claim or its money: what
    they owe is paid first, and so the claim."""
    owner_id = members.today(row.owner_id)
    owed_fen = min(amount_fen, alliance.debts_of([owner_id]).get(owner_id, 0))
    legs = (
        Leg(owner_id, Account.CLAWBACK_DUE, owed_fen),
        Leg(owner_id, Account.REBATE, amount_fen - owed_fen),
    )
    return [leg for leg in legs if leg.amount_fen]
