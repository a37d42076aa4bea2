"""What accounts there are and how each is kept: pure, no database.

Sign: what the alliance owes an owner is positive, what is held outside or owed by an owner is
negative; the sum over all accounts is always 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

FIRST_RUNNING_WITHOUT_LOTS = 10
FIRST_APPEND_ONLY = 100
FIRST_WITHOUT_FLOOR = 200


class Account(IntEnum):
    """Every kind of account. An account is (owner, kind); it is opened on first use.

    The code tells how it is kept: 1-9 a running balance divided into lots, 10-99 a running
    balance, 100-199 append-only with a floor, from 200 append-only without a floor.
    """

    PREPAID_PRINCIPAL = 1
    PREPAID_BONUS = 2
    EXPERIENCE = 3
    PAYMENT_HOLD = 10
    REBATE_PENDING = 11
    REBATE = 12
    WITHDRAWING = 13
    CLAWBACK_DUE = 14
    BONUS_RESERVED = 15
    AVAILABLE = 20
    DEPOSIT = 21
    OFFER_BUDGET = 22
    PREPAID_ADVANCE = 23
    CAMPAIGN_POT = 24
    CAMPAIGN_CLAIM = 25
    ORDER_ESCROW = 30
    ERRAND_ESCROW = 31
    PENDING = 100
    EXPERIENCE_PENDING = 101
    OPERATIONS = 110
    CAMPAIGN_FUND = 111
    CHARITY = 112
    QUEUE_POOL = 113
    TAX_WITHHELD = 114
    CONCESSION_CLEARING = 200
    SUSPENSE = 201
    REFUND_CLEARING = 202
    WECHAT_TAKINGS = 210
    WECHAT_OPERATING = 211
    BANK_CUSTODY = 212
    WECHAT_FROZEN = 213
    CHANNEL_FEE = 220

    @property
    def label(self) -> str:
        """Its name as documents and interfaces write it, such as `prepaid_principal`."""
        return self.name.lower()

    @property
    def uses_lots(self) -> bool:
        """Whether its balance is divided into lots, so that each leg must name one."""
        return self < FIRST_RUNNING_WITHOUT_LOTS

    @property
    def append_only(self) -> bool:
        """Whether credits take no lock and reach the balance later, when they are folded."""
        return self >= FIRST_APPEND_ONLY

    @property
    def floor_fen(self) -> int | None:
        """Lowest balance of a new account in fen; None where there is no floor."""
        return None if self >= FIRST_WITHOUT_FLOOR or self is Account.CLAWBACK_DUE else 0

    @property
    def ceiling_fen(self) -> int | None:
        """Highest balance in fen; None where there is no ceiling."""
        return 0 if self is Account.CLAWBACK_DUE else None

    @property
    def floor_per_owner(self) -> bool:
        """Whether `set_floor` may give each owner a limit of its own."""
        return self is Account.PREPAID_ADVANCE


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance in fen, and the number of entries it contains (`ledger_version`)."""

    balance_fen: int
    ledger_version: int
