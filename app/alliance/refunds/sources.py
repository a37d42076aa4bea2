"""Where the money of a refund comes from: the merchant, the earners, the funds. Reads and decides;
posts nothing.

The merchant's part comes from `pending`, `available` and `deposit`, in this order; what a supplier
was paid out of the sale comes from the supplier (`orders.supply_returns`). Shares come
back from where they lie; what an earner has spent is owed (`clawback_due`), what a fund has spent
is `operations`' loss (design, "Refunds").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.alliance.models import Sale, SaleShare
from app.alliance.orders import supply_returns
from app.alliance.orders.supply_returns import Part
from app.alliance.parties import FUND_ACCOUNTS, Receiver
from app.alliance.rules import Party, count_out, refund_parts, split_over
from app.core.world import PLATFORM_ID
from app.ledger import service as ledger
from app.ledger.service import Account, Balances
from app.members import service as members


@dataclass(slots=True)
class Sources:
    """What a refund takes from where; `from_…_fen` lower the merchant's next settlement.
    `share_fen` says how much each share of the sale gives, in their order; the merchant gives
    `net_fen`, and `experience_fen` of its experience gold; `supplied`: a supplier's part of it."""

    legs: Counter[Receiver]
    share_fen: list[int]
    net_fen: int
    experience_fen: int
    from_pending_fen: int = 0
    from_experience_pending_fen: int = 0
    supplied: Part | None = None


def sources_of(sale: Sale, shares: Sequence[SaleShare], amount_fen: int) -> Sources | None:
    """Where `amount_fen` of a sale comes from, beyond what went back before; None if merchant or
    platform have too little. In the current unit of work, under the sale's lock."""
    net, experience, *given = _given(sale, shares, amount_fen)
    found = Sources(Counter(), given, net, experience, supplied=_supplied(sale, shares, net))
    is_covered = _take_from_merchant(sale, net, experience, found)
    funds = ledger.balances(PLATFORM_ID)
    short_fen = 0
    purses: dict[UUID, int] = {}
    for share, fen in zip(shares, given, strict=True):
        if share.release_at is None:
            account = FUND_ACCOUNTS.get(Party(share.receiver), Account.OPERATIONS)
            short_fen += _take_from_fund(account, fen, funds, found)
        else:
            _take_from_earner(share, fen, purses, found)
    operations = Receiver(PLATFORM_ID, Account.OPERATIONS)
    found.legs[operations] -= short_fen
    is_covered &= funds[Account.OPERATIONS].balance_fen + found.legs[operations] >= 0
    return found if is_covered else None


def missing_fen(sale: Sale, shares: Sequence[SaleShare], amount_fen: int) -> int:
    """How much the merchant lacks for a refund of `amount_fen`, in fen."""
    net, experience, *_ = _given(sale, shares, amount_fen)
    supplied = _supplied(sale, shares, net)
    held = ledger.balances(sale.merchant_id)
    own = (Account.PENDING, Account.EXPERIENCE_PENDING, Account.AVAILABLE, Account.DEPOSIT)
    wanted_fen = net + experience - (supplied.given_fen if supplied else 0)
    return max(0, wanted_fen - sum(held[account].balance_fen for account in own))


def _given(sale: Sale, shares: Sequence[SaleShare], amount_fen: int) -> list[int]:
    """What the merchant's money, its experience gold and each share give of a refund."""
    return refund_parts(_parts(sale, shares), sale.refunded_fen, amount_fen)


def _parts(sale: Sale, shares: Sequence[SaleShare]) -> list[int]:
    return [sale.net_fen, sale.experience_fen, *(share.amount_fen for share in shares)]


def _supplied(sale: Sale, shares: Sequence[SaleShare], net_fen: int) -> Part | None:
    before_fen = count_out(sale.refunded_fen, _parts(sale, shares))[0]
    return supply_returns.part_of(sale, before_fen, net_fen)


def _take_from_merchant(sale: Sale, net_fen: int, experience_fen: int, found: Sources) -> bool:
    """Whether the merchant has its part, and what its supplier lacks."""
    if found.supplied is not None:
        net_fen -= found.supplied.given_fen
        for account, fen in found.supplied.taken:
            found.legs[Receiver(found.supplied.payment.supplier_id, account)] -= fen
    held = ledger.balances(sale.merchant_id)
    order = (Account.PENDING, Account.AVAILABLE, Account.DEPOSIT)
    *net, missing = split_over(net_fen, [held[account].balance_fen for account in order])
    left = [held[account].balance_fen - fen for account, fen in zip(order, net, strict=True)]
    experience_order = (Account.EXPERIENCE_PENDING, Account.AVAILABLE, Account.DEPOSIT)
    limits = [held[Account.EXPERIENCE_PENDING].balance_fen, left[1], left[2]]
    *experience, lacking = split_over(experience_fen, limits)
    taken = [*zip(order, net, strict=True), *zip(experience_order, experience, strict=True)]
    for account, fen in taken:
        found.legs[Receiver(sale.merchant_id, account)] -= fen
    found.from_pending_fen = net[0]
    found.from_experience_pending_fen = experience[0]
    return missing + lacking == 0


def _take_from_fund(account: Account, amount_fen: int, funds: Balances, found: Sources) -> int:
    receiver = Receiver(PLATFORM_ID, account)
    held = funds[account].balance_fen + found.legs[receiver]
    taken, missing = split_over(amount_fen, [held])
    found.legs[receiver] -= taken
    return missing


def _take_from_earner(
    share: SaleShare, amount_fen: int, purses: dict[UUID, int], found: Sources
) -> None:
    """From the purse what of the share is still free; the rest is owed, also what of the share
    had been collected for an older debt. What was freed may have gone with its owner to who they
    are today."""
    person = members.today(share.owner_id)
    if share.released_at is None:
        taken, owed = split_over(amount_fen, [share.free_fen])
        found.legs[Receiver(share.owner_id, Account.REBATE_PENDING)] -= taken
    else:
        holders = list(dict.fromkeys((share.owner_id, person)))
        for each in holders:
            if each not in purses:
                purses[each] = ledger.balances(each)[Account.REBATE].balance_fen
        free_fen = min(share.free_fen, amount_fen)
        *parts, lacking = split_over(free_fen, [purses[each] for each in holders])
        for each, taken in zip(holders, parts, strict=True):
            purses[each] -= taken
            found.legs[Receiver(each, Account.REBATE)] -= taken
        owed = amount_fen - free_fen + lacking
    found.legs[Receiver(person, Account.CLAWBACK_DUE)] -= owed
