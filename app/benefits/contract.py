"""What a kind of benefit must offer. Pure: no database, no room but core.

A kind is one folder of this room with `BENEFIT` in its `__init__.py`; `registry` finds it. It says
who has earned what; `grants` locks, checks the money, posts once and records. docs/benefits.md
tells how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from apiflask import APIFlask

from app.core.schemas import Body

Words = tuple[str, str]
"""Chinese, English."""


class Funder(StrEnum):
    """Who pays for a campaign: its pot is filled from there, and the rest goes back there.

    `queue_pool` is moved into the pot as it comes in. `payer`: each case is paid for by whoever
    asks for it, from an escrow; the campaign itself has no pot.
    """

    CAMPAIGN_FUND = "campaign_fund"
    OFFER_BUDGET = "offer_budget"
    QUEUE_POOL = "queue_pool"
    PAYER = "payer"

    @property
    def has_budget(self) -> bool:
        """Whether publishing a campaign puts its whole budget into its pot."""
        return self in (Funder.CAMPAIGN_FUND, Funder.OFFER_BUDGET)


class Purse(StrEnum):
    """Where a grant goes: free at once, free after REBATE_FREEZE_DAYS, experience gold, or into the
    escrow of an order of goods."""

    REBATE = "rebate"
    REBATE_PENDING = "rebate_pending"
    EXPERIENCE = "experience"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Terms:
    """A campaign as its kind sees it; moments in UTC, `budget_fen` as published."""

    id: UUID
    benefit: str
    name: str
    name_en: str
    merchant_id: UUID | None
    funder: Funder
    settings: Any
    audience: Mapping[str, Any]
    budget_fen: int
    starts_at: datetime
    ends_at: datetime
    status: str
    published_at: datetime | None
    ended_at: datetime | None

    def is_running(self, moment: datetime) -> bool:
        """Whether somebody may earn in it at a UTC moment."""
        return self.status == "published" and self.starts_at <= moment < self.ends_at

    def covered(self, moment: datetime) -> bool:
        """Whether a UTC moment lies within its days, whatever became of it later: not before it
        was published, though its days had begun."""
        if self.published_at is None:
            return False
        begin, end = max(self.starts_at, self.published_at), self.ended_at or self.ends_at
        return begin <= moment < min(self.ends_at, end)


@dataclass(frozen=True, slots=True)
class Goods:
    """One piece of an offer, at the price (fen) that the campaign reserved for it, and how it comes
    to its winner; `receiver` where it is shipped."""

    offer_id: UUID
    price_fen: int
    delivery: str
    receiver: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Award:
    """What a kind decided that somebody gets (fen), once for `key` within the campaign.

    `subject_id` is the kind's own row about it. `is_owed`: it was earned before, so that a pause
    or the end of the campaign does not stop it. `is_taxed`: accidental income (偶然所得), withheld
    at once. `escrow_of`: paid from that payer's errand escrow instead of the pot; `fee_fen` goes
    from there to `operations`, besides the amount and in the same posting. `goods`: what the amount
    buys, less its tax, instead of reaching a purse.
    """

    key: str
    owner_id: UUID
    amount_fen: int
    purse: Purse
    subject_id: UUID
    is_owed: bool = False
    is_taxed: bool = False
    escrow_of: UUID | None = None
    fee_fen: int = 0
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What somebody is told of a benefit: no names, no other people's data."""

    title: str
    text: str
    title_en: str
    text_en: str
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of a campaign's report: a count, or an amount in fen."""

    code: str
    title: Words
    count: int | None = None
    amount_fen: int | None = None


class Stage(Protocol):
    """Real people and purchases for a rehearsal, supplied by whoever plays it."""

    def member(self) -> UUID:
        """A new member with money to spend."""
        ...

    def store(self) -> UUID:
        """A store that sells under contract."""
        ...

    def buy(self, member_id: UUID, amount_fen: int, store_id: UUID) -> UUID:
        """A purchase whose shares are given out and told to everybody who listens; its sale."""
        ...

    def refund(self, sale_id: UUID) -> None:
        """Undoes a purchase entirely, told to everybody who listens."""
        ...

    def call(
        self, who: UUID | str, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """A request to the API by a member (id) or staff (role); status and answer."""
        ...

    def turn(self) -> None:
        """Reads every letter and runs every duty that is due."""
        ...


class Rehearsal(Protocol):
    """How people come to grants of a kind, the shortest way, through its own doors.

    Played by tests for every kind found, never by the product.
    """

    settings: dict[str, Any]
    budget_fen: int
    grant_fen: int

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """What has to be there before anybody earns."""
        ...

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """Brings a member to the last step before a grant, once for each number."""
        ...

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """That last step: `grant_fen` once. The same number again repeats it with the same keys,
        also from many threads at once. Refusals for want of money are swallowed."""
        ...


def _nothing(terms: Terms) -> None:
    return None


def _nothing_counted(terms: Terms, amount_fen: int) -> None:
    return None


def _nothing_promised(terms: Terms) -> int:
    return 0


def _goes_on(subject_id: UUID) -> None:
    return None


def _no_figures(terms: Terms) -> Sequence[Figure]:
    return ()


def _nothing_to_show(terms: Terms, member_id: UUID | None) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Benefit:
    """A kind of benefit.

    `settings` shapes what its campaigns say, and the console draws its form from it. `published`
    and `ended` run in the unit that publishes or ends a campaign, `returned` in one that gives so
    many fen of its pot back to its funder. `promised_fen` is what its pot
    must still keep after its end. `report` is for staff; `view` is what everybody may see of a
    campaign, with what is a member's own. `news` words what `tell` said happened to a subject;
    `why` says how a grant came about. `came_back` runs in the unit in which the goods of a subject
    come back undelivered, though their winner did not give them up. `is_labour`: what it gives is
    pay for a service, which a withdrawal taxes (劳务报酬).
    """

    name: str
    title: Words
    settings: type[Body]
    funders: tuple[Funder, ...]
    open_room: Callable[[APIFlask], None]
    news: Callable[[UUID, str], News]
    why: Callable[[UUID], Sequence[Words]]
    published: Callable[[Terms], None] = _nothing
    ended: Callable[[Terms], None] = _nothing
    returned: Callable[[Terms, int], None] = _nothing_counted
    promised_fen: Callable[[Terms], int] = _nothing_promised
    report: Callable[[Terms], Sequence[Figure]] = _no_figures
    view: Callable[[Terms, UUID | None], Mapping[str, Any]] = _nothing_to_show
    came_back: Callable[[UUID], None] = _goes_on
    example: Mapping[str, Any] = field(default_factory=dict)
    is_labour: bool = False
