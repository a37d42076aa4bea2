"""What the custody setting allows of merchants' money: pure (WeChat fact E8, docs/custody.md)."""

from __future__ import annotations

from enum import StrEnum

from app.wallet.errors import CustodyForbids


class PayoutWay(StrEnum):
    """How a merchant's settled money leaves."""

    WECHAT_TRANSFER = "wechat_transfer"
    BANK_FILE = "bank_file"
    PROFIT_SHARING = "profit_sharing"


ALL = frozenset(PayoutWay)
ALLOWED = {
    "seller_of_record": ALL,
    "licensed_split": frozenset({PayoutWay.PROFIT_SHARING}),
    "prepaid_issuer": frozenset({PayoutWay.PROFIT_SHARING, PayoutWay.BANK_FILE}),
}
MUST_SPLIT = frozenset({"licensed_split", "prepaid_issuer"})
"""Who may not hold what customers pay to other merchants by WeChat."""


def allowed(custody: str | None) -> frozenset[PayoutWay]:
    """The channels a merchant may be given; all where nothing is said (never in production)."""
    return ALL if custody is None else ALLOWED[custody]


def takes_wechat(custody: str | None, *, is_shared: bool) -> bool:
    """Whether a merchant may be paid by WeChat: where the platform may not hold the money, only
    if it is split."""
    return is_shared or custody not in MUST_SPLIT


def check_payout(custody: str | None, way: str) -> None:
    """Raises CustodyForbids where a merchant's settled money may not leave this way."""
    possible = allowed(custody)
    if way not in possible:
        raise CustodyForbids(channels=sorted(possible))
