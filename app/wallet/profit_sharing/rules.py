"""What may be split, and what follows from how a split ended: pure, no database, no clock (D10)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

WAIT_AFTER_PAYMENT = timedelta(seconds=61)
MOST_SPLITS = 50
RETURNABLE_FOR = timedelta(days=180)
FREED_BY_ITSELF_AFTER = timedelta(days=30)
MOST_ATTEMPTS = 3


class SplitState(StrEnum):
    """Where a split stands. `waiting`: WeChat does not know it; `sending`: it may.

    `troubled` is for people, with the money still held.
    """

    WAITING = "waiting"
    SENDING = "sending"
    TROUBLED = "troubled"
    DONE = "done"
    FAILED = "failed"


FINAL = frozenset({SplitState.DONE, SplitState.FAILED})


class Remedy(StrEnum):
    """What follows where a receiver did not get its part."""

    RETRY = "retry"
    REGISTER = "register"
    OTHER_CHANNEL = "other_channel"
    PEOPLE = "people"


REMEDIES = {
    "NO_RELATION": Remedy.REGISTER,
    "PAYER_ACCOUNT_ABNORMAL": Remedy.RETRY,
    "ACCOUNT_ABNORMAL": Remedy.OTHER_CHANNEL,
    "RECEIVER_RECEIPT_LIMIT": Remedy.OTHER_CHANNEL,
    "RECEIVER_REAL_NAME_NOT_VERIFIED": Remedy.OTHER_CHANNEL,
    "RULE_LIMIT": Remedy.OTHER_CHANNEL,
    "RECEIVER_HIGH_RISK": Remedy.PEOPLE,
    "NO_AUTH": Remedy.PEOPLE,
    "INVALID_REQUEST": Remedy.PEOPLE,
}
"""By `fail_reason`, or by the code of a refusal; what is not named here is for people."""


def remedy(reason: str, attempt: int, *, must_split: bool = False) -> Remedy:
    """What follows from a failed part; what was tried MOST_ATTEMPTS times is for people, and what
    no other channel may pay (`must_split`: custody)."""
    found = REMEDIES.get(reason, Remedy.PEOPLE)
    if must_split and found is Remedy.OTHER_CHANNEL:
        return Remedy.PEOPLE
    is_repeated = found in (Remedy.RETRY, Remedy.REGISTER)
    return Remedy.PEOPLE if is_repeated and attempt >= MOST_ATTEMPTS else found


def frozen_fen(paid_fen: int, fee_fen: int, given_fen: int, refunded_fen: int) -> int:
    """What is left frozen of a payment: what came without the fee, less what was split
    (`given_fen`) and what refunds took from it."""
    return max(0, paid_fen - fee_fen - given_fen - refunded_fen)


def from_frozen_fen(left_fen: int, refund_fen: int, fee_returned_fen: int) -> int:
    """How much of a refund comes from frozen money: as much as there is of what it costs us."""
    return min(left_fen, max(0, refund_fen - fee_returned_fen))


def most_fen(paid_fen: int, ratio_bp: int) -> int:
    """The most that all splits of a payment together may come to (rounded down)."""
    return paid_fen * ratio_bp // 10_000


def merchant_part_fen(
    wechat_fen: int, really_paid_fen: int, concession_fen: int, amount_fen: int, left_fen: int
) -> int:
    """The merchant's own part of what was paid by WeChat (fen), never more than that.

    The concession is taken from all that was `really_paid_fen`, WeChat's part of it rounded up;
    a sale refunded in part counts with what is left of it.
    """
    if not wechat_fen or not amount_fen:
        return 0
    conceded = min(wechat_fen, -(-concession_fen * wechat_fen // max(really_paid_fen, 1)))
    return (wechat_fen - conceded) * left_fen // amount_fen
