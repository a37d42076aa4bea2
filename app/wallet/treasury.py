"""The platform's own money: funding its funds, moving what is held outside, covering fees.

Nothing is promised that is not funded: a fund is filled with money that staff have seen arrive.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.db import db, in_transaction, one_at_a_time
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Balance, Journal, Leg
from app.wallet.errors import FundShort, TreasuryShort
from app.wallet.models import SuspenseItem

BUCKET = bucket_of(PLATFORM_ID)


class Fund(StrEnum):
    """The named funds of the platform that money may be paid into."""

    OPERATIONS = "operations"
    CAMPAIGN_FUND = "campaign_fund"
    CHARITY = "charity"
    QUEUE_POOL = "queue_pool"


class Place(StrEnum):
    """Where the platform's money is held outside."""

    WECHAT_TAKINGS = "wechat_takings"
    WECHAT_OPERATING = "wechat_operating"
    BANK_CUSTODY = "bank_custody"


PLACES = {Account[place.name]: place for place in Place}
SHOWN = tuple(account for account in Account if account >= Account.OPERATIONS)


def funds() -> dict[Account, Balance]:
    """Every account of the platform and of its money outside, with credits not yet folded."""
    found = ledger.balances(PLATFORM_ID, with_unfolded=True)
    return {account: found[account] for account in SHOWN}


def fund(target: Fund, amount_fen: int, source: Place, principal_id: UUID, key: str) -> UUID:
    """Books money that has arrived at `source` into a fund, in the current unit; the journal."""
    legs = (
        Leg(PLATFORM_ID, Account[source.name], -amount_fen),
        Leg(PLATFORM_ID, Account[target.name], amount_fen),
    )
    return _post("fund_paid_in", legs, principal_id, key)


def transfer(origin: Place, target: Place, amount_fen: int, principal_id: UUID, key: str) -> UUID:
    """Books that money was moved from one place outside to another, in the current unit of work.

    Raises TreasuryShort where the first does not hold as much; one transfer at a time.
    """
    take_turns()
    held = held_fen(origin)
    if held < amount_fen:
        raise TreasuryShort(held_fen=max(held, 0))
    legs = (
        Leg(PLATFORM_ID, Account[origin.name], amount_fen),
        Leg(PLATFORM_ID, Account[target.name], -amount_fen),
    )
    return _post("treasury_transfer", legs, principal_id, key)


def reverse(journal_id: UUID, principal_id: UUID, key: str) -> UUID:
    """Posts the exact opposite of what `fund`, `transfer` or `pay_tax` has posted, linked to it, in
    the current unit of work; the journal. One at a time.

    Raises TreasuryShort where the place that it leaves does not hold as much, FundShort where the
    fund does not (what came within the last seconds does not count yet), AlreadyReversed.
    """
    take_turns()
    counter = ledger.reverse(journal_id, key=key, principal_id=principal_id)
    for leg in counter.legs:
        place = PLACES.get(leg.account)
        if place is not None and leg.amount_fen > 0 and held_fen(place) < leg.amount_fen:
            raise TreasuryShort(held_fen=max(held_fen(place), 0))
    posted = ledger.post_if_funded([counter])
    if posted is None:
        short = next(leg for leg in counter.legs if leg.account not in PLACES)
        raise FundShort(held_fen=ledger.balances(PLATFORM_ID)[short.account].balance_fen)
    return posted[0].journal_id


def pay_tax(amount_fen: int, principal_id: UUID, key: str) -> UUID:
    """Books that withheld tax was paid to the tax office from the bank, in the current unit; the
    journal. Raises InsufficientFunds where less is withheld."""
    legs = (
        Leg(PLATFORM_ID, Account.TAX_WITHHELD, -amount_fen),
        Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen),
    )
    return _post("tax_paid", legs, principal_id, key)


def open_suspense(limit: int = 100) -> list[dict[str, Any]]:
    """The oldest amounts that wait in suspense, in the current unit of work."""
    columns = [column for column in SuspenseItem.__table__.columns if column.name != "bucket"]
    waiting = select(*columns).where(SuspenseItem.resolved_at.is_(None))
    found = db.session.execute(waiting.order_by(SuspenseItem.created_at).limit(limit))
    return [row._asdict() for row in found]


def held_fen(place: Place) -> int:
    """What the platform holds at a place outside, in fen, with movements not yet folded."""
    return -funds()[Account[place.name]].balance_fen


def take_turns() -> None:
    """One decision over the platform's money at a time, until the current unit of work ends."""
    one_at_a_time("wallet/treasury")


def _post(kind: str, legs: tuple[Leg, ...], principal_id: UUID, key: str) -> UUID:
    journal = Journal(
        id=new_id(BUCKET),
        kind=kind,
        reference_id=PLATFORM_ID,
        principal_id=principal_id,
        key=f"{kind}:{key}",
        legs=legs,
    )
    return ledger.post([journal])[0].journal_id


def cover_channel_fees() -> int:
    """Duty: pays from `operations` what WeChat has kept, and takes back what it has given back.

    As far as operations holds it; the rest waits for the next time. 1 if something was booked.
    """
    return in_transaction(_cover)


def _cover() -> int:
    take_turns()
    fee = funds()[Account.CHANNEL_FEE]
    spendable_fen = ledger.balances(PLATFORM_ID)[Account.OPERATIONS].balance_fen
    amount = min(-fee.balance_fen, spendable_fen)
    if amount == 0 or (fee.balance_fen < 0 and amount < 0):
        return 0
    legs = (
        Leg(PLATFORM_ID, Account.OPERATIONS, -amount),
        Leg(PLATFORM_ID, Account.CHANNEL_FEE, amount),
    )
    _post("channel_fee_covered", legs, SYSTEM_ID, str(fee.ledger_version))
    return 1
