"""What makes a withdrawal wait for a reviewer, whatever its amount: pure, no database, no clock.

Each rule says with which figures it fired, so that a reviewer sees why, and later why then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. Moments are UTC, amounts fen.

    `account_linked_at` is when the receiving WeChat account became the member's,
    `card_changed_at` since when their bank card is this one (None: no card);
    `recent_count` and `recent_fen` are the member's requests within RISK_VELOCITY_MINUTES, this
    one included; `ring_members` are the members who were brought by the same member at about the
    same time and withdrew within a day, this one included. `payee_since`: since when the receiver
    may take out what is another's (None: long since, or it is their own). `is_ring_confirmed`:
    people have found that owner or receiver takes part in a ring.
    """

    moment: datetime
    account_linked_at: datetime
    card_changed_at: datetime | None
    recent_count: int
    recent_fen: int
    ring_members: int
    is_ring_confirmed: bool = False
    payee_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A rule that fired, and the figures it saw."""

    rule: str
    figures: dict[str, str | int]


def risks(facts: Facts, limits: Settings) -> list[Risk]:
    """The rules that fire, in a fixed order; none for an ordinary withdrawal."""
    found = (rule(facts, limits) for rule in RULES)
    return [risk for risk in found if risk is not None]


def _new_account(facts: Facts, limits: Settings) -> Risk | None:
    """The receiving account is so new that a stolen session may have brought it."""
    age = facts.moment - facts.account_linked_at
    if age >= timedelta(hours=limits.risk_new_account_hours):
        return None
    return Risk("new_account", {"linked_at": facts.account_linked_at.isoformat()})


def _changed_card(facts: Facts, limits: Settings) -> Risk | None:
    """The receiver's bank card is another one than a few days ago: a usual step of a theft."""
    hours = timedelta(hours=limits.risk_changed_card_hours)
    changed_at = facts.card_changed_at
    if changed_at is None or facts.moment - changed_at >= hours:
        return None
    return Risk("changed_card", {"changed_at": changed_at.isoformat()})


def _new_payee(facts: Facts, limits: Settings) -> Risk | None:
    """Who receives a merchant's money was let do so just now: a usual step of a theft by staff."""
    since, hours = facts.payee_since, timedelta(hours=limits.risk_new_payee_hours)
    if since is None or facts.moment - since >= hours:
        return None
    return Risk("new_payee", {"trusted_at": since.isoformat()})


def _velocity(facts: Facts, limits: Settings) -> Risk | None:
    """More requests in a short time than a person makes."""
    if facts.recent_count <= limits.risk_velocity_count:
        return None
    return Risk("velocity", {"requests": facts.recent_count, "amount_fen": facts.recent_fen})


def _ring(facts: Facts, limits: Settings) -> Risk | None:
    """Accounts that one person brought together and that withdraw together, or of which people
    have confirmed that they work together."""
    if facts.is_ring_confirmed:
        return Risk("ring", {"members": facts.ring_members, "confirmed": 1})
    if facts.ring_members < limits.risk_ring_members:
        return None
    return Risk("ring", {"members": facts.ring_members})


RULES: tuple[Callable[[Facts, Settings], Risk | None], ...] = (
    _new_account,
    _changed_card,
    _new_payee,
    _velocity,
    _ring,
)
TITLES = {
    "new_account": ("收款账户刚刚绑定", "The receiving account is new"),
    "changed_card": ("银行卡刚刚更换", "The bank card was changed just now"),
    "new_payee": ("提现人刚刚获准", "Who receives the money was named just now"),
    "velocity": ("短时间内多次提现", "Many requests in a short time"),
    "ring": ("同一推荐人名下多个账户集中提现", "Accounts brought together withdraw together"),
}
