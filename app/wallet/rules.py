"""The rules of purses, fees and pauses: pure, no database, no clock.

Amounts in fen, rates in basis points. Withdrawals have theirs in withdrawal_rules.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.ledger.service import Account
from app.wallet.errors import NotEnough

WHOLE_BP = 10_000
FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 240
TILL_PAUSE_SECONDS = 5  # while somebody waits at the till (WeChat fact D6)
FIRST_RETRY_SECONDS = 5
MOST_LOOKS = 1_000


class Purse(StrEnum):
    """What a member may pay from."""

    PREPAID = "prepaid"
    EXPERIENCE = "experience"
    REBATE = "rebate"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class Holding:
    """Money in one lot, or in a purse without lots. The cap is a share of the sale's amount."""

    account: Account
    amount_fen: int
    lot_id: UUID | None = None
    expires_at: datetime | None = None
    sale_cap_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one purse, or one lot of it, gives to a payment."""

    account: Account
    amount_fen: int
    lot_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """A payment's parts from purses, what is left for WeChat, and what the member price saves."""

    parts: tuple[Part, ...]
    wechat_fen: int
    discount_fen: int = 0


PURSE_OF = {
    Account.EXPERIENCE: Purse.EXPERIENCE,
    Account.PREPAID_PRINCIPAL: Purse.PREPAID,
    Account.PREPAID_BONUS: Purse.PREPAID,
    Account.REBATE: Purse.REBATE,
}
ORDER_OF_PURSES = tuple(PURSE_OF)


def plan(
    amount_fen: int,
    purses: Collection[Purse],
    holdings: Iterable[Holding],
    *,
    experience_cap_fen: int,
    moment: datetime,
    discount_bp: int = 0,
) -> PaymentPlan:
    """Which purse gives how much for a list price of `amount_fen` at `moment` (UTC).

    Experience first, up to the cap and each lot's own cap, soonest expiry first; then prepaid at
    the member price, oldest lot first, principal before bonus; then rebate; the rest WeChat, both
    at the list price. Caps are shares of the list price. An expired lot gives nothing. Raises
    NotEnough with `missing_fen` (list price) if the purses do not suffice without WeChat.
    """
    by_purse: dict[Purse, list[Part]] = {purse: [] for purse in Purse}
    for holding in sorted(_usable(holdings, purses, moment), key=_spending_order):
        by_purse[PURSE_OF[holding.account]].append(_most(holding, amount_fen))
    parts = _taken(by_purse[Purse.EXPERIENCE], min(amount_fen, experience_cap_fen))
    missing = amount_fen - _sum(parts)
    prepaid = by_purse[Purse.PREPAID]
    paid_fen, covered_fen = at_member_price(missing, _sum(prepaid), discount_bp)
    rebate = _taken(by_purse[Purse.REBATE], missing - covered_fen)
    missing -= covered_fen + _sum(rebate)
    if missing and Purse.WECHAT not in purses:
        raise NotEnough(missing_fen=missing)
    parts += _taken(prepaid, paid_fen) + rebate
    return PaymentPlan(tuple(parts), missing, covered_fen - paid_fen)


def member_price_fen(list_fen: int, discount_bp: int) -> int:
    """What a list price comes to for prepaid money: less the discount, which is rounded half up
    (in the member's favour), but at least 1 fen. `discount_bp` is below 10,000."""
    discount_fen = (list_fen * discount_bp + WHOLE_BP // 2) // WHOLE_BP
    return max(min(list_fen, 1), list_fen - discount_fen)


def at_member_price(list_fen: int, held_fen: int, discount_bp: int) -> tuple[int, int]:
    """What prepaid money pays towards a list price, and how much of the list price that settles.

    All of it where enough is held. Else all that is held, divided by the member's share of the
    price and rounded half up: the list price which has just that as its member price.
    """
    whole_fen = member_price_fen(list_fen, discount_bp)
    if held_fen >= whole_fen:
        return whole_fen, list_fen
    if not held_fen:
        return 0, 0
    share_bp = WHOLE_BP - discount_bp
    return held_fen, (2 * held_fen * WHOLE_BP + share_bp) // (2 * share_bp)


def _most(holding: Holding, list_fen: int) -> Part:
    """The most that a holding may give to a sale of this list price."""
    most_fen = holding.amount_fen
    if holding.sale_cap_bp is not None:
        most_fen = min(most_fen, list_fen * holding.sale_cap_bp // WHOLE_BP)
    return Part(holding.account, most_fen, holding.lot_id)


def _taken(sources: Iterable[Part], amount_fen: int) -> list[Part]:
    """Up to an amount from several sources, one after the other."""
    parts = []
    for source in sources:
        taken = min(amount_fen, source.amount_fen)
        if taken > 0:
            parts.append(Part(source.account, taken, source.lot_id))
            amount_fen -= taken
    return parts


def _sum(parts: Iterable[Part]) -> int:
    return sum(part.amount_fen for part in parts)


def _usable(
    holdings: Iterable[Holding], purses: Collection[Purse], moment: datetime
) -> Iterable[Holding]:
    return (
        holding
        for holding in holdings
        if PURSE_OF.get(holding.account) in purses
        and holding.amount_fen > 0
        and (holding.expires_at is None or holding.expires_at > moment)
    )


def _spending_order(holding: Holding) -> tuple[int, float, int]:
    """Lot ids are UUIDv7, so their order is that of their issue."""
    ends = holding.expires_at.timestamp() if holding.expires_at else float("inf")
    age = holding.lot_id.int if holding.lot_id else 0
    return ORDER_OF_PURSES.index(holding.account), ends, age


def fee_fen(amount_fen: int, rate_bp: int) -> int:
    """What WeChat Pay keeps of a payment: rounded half up to the fen."""
    return (amount_fen * rate_bp + WHOLE_BP // 2) // WHOLE_BP


def fee_returned_fen(left_fen: int, refund_fen: int, rate_bp: int) -> int:
    """What WeChat Pay gives back of its fee when `refund_fen` of the `left_fen` go back.

    The fee of what remains is kept, so that any sequence of refunds ends exact.
    """
    return fee_fen(left_fen, rate_bp) - fee_fen(left_fen - refund_fen, rate_bp)


def pause_seconds(looks: int) -> int:
    """How long to wait before looking again at WeChat, after so many looks."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS << min(looks, 10))


def retry_seconds(looks: int) -> int:
    """How long to wait after a call that WeChat did not answer, after so many looks."""
    return min(FIRST_PAUSE_SECONDS, FIRST_RETRY_SECONDS << min(looks, 10))
