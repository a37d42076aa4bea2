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
    """A payment's parts from purses, and what is left for WeChat."""

    parts: tuple[Part, ...]
    wechat_fen: int


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
) -> PaymentPlan:
    """Which purse gives how much to a payment of `amount_fen` at `moment` (UTC).

    Experience first, up to the cap and each lot's own cap, soonest expiry first; then prepaid,
    oldest lot first, principal before bonus; then rebate; the rest WeChat. An expired lot gives
    nothing. Raises NotEnough with `missing_fen` if the purses do not suffice without WeChat.
    """
    parts: list[Part] = []
    missing, experience_left = amount_fen, experience_cap_fen
    for holding in sorted(_usable(holdings, purses, moment), key=_spending_order):
        taken = min(missing, holding.amount_fen)
        if holding.sale_cap_bp is not None:
            taken = min(taken, amount_fen * holding.sale_cap_bp // WHOLE_BP)
        if holding.account is Account.EXPERIENCE:
            taken = min(taken, experience_left)
            experience_left -= max(taken, 0)
        if taken > 0:
            parts.append(Part(holding.account, taken, holding.lot_id))
            missing -= taken
    if missing and Purse.WECHAT not in purses:
        raise NotEnough(missing_fen=missing)
    return PaymentPlan(tuple(parts), missing)


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
