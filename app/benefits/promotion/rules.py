"""Which click brought a purchase, and what that is worth. Pure; amounts in fen, moments in UTC.

Source of the rules: docs/promotion.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

WHOLE_BP = 10_000
LONGEST_WINDOW = timedelta(days=90)


class Subject(StrEnum):
    """What a link promotes."""

    STORE = "store"
    PRODUCT = "product"
    CONTENT = "content"


class Status(StrEnum):
    """Where a commission stands.

    expected ─▶ waiting ─▶ paid ─▶ taken_back
       │  └─▶ refused  └─▶ closed
       ▼
     lapsed: the order ended without a sale
    """

    EXPECTED = "expected"
    WAITING = "waiting"
    PAID = "paid"
    TAKEN_BACK = "taken_back"
    REFUSED = "refused"
    CLOSED = "closed"
    LAPSED = "lapsed"


FINAL = frozenset({Status.TAKEN_BACK, Status.REFUSED, Status.CLOSED, Status.LAPSED})
OPEN = frozenset({Status.EXPECTED, Status.WAITING})


@dataclass(frozen=True, slots=True)
class Purchase:
    """What somebody bought: `really_fen` of `amount_fen` was money, not bonus or experience gold.
    `lines`: what each offer of an order costs."""

    moment: datetime
    store_id: UUID
    amount_fen: int
    really_fen: int
    lines: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody came by a link that promotes `target` (a store, an offer, or a content's key)."""

    link_id: UUID
    campaign_id: UUID
    promoter_id: UUID
    subject: Subject
    target: str
    at: datetime


def is_within(click: Click, moment: datetime, window_days: int) -> bool:
    """Whether a click came before a purchase and within the window of so many times 24 hours: its
    last moment is outside."""
    return click.at <= moment < click.at + timedelta(days=window_days)


def base_fen(subject: Subject, target: str, purchase: Purchase) -> int | None:
    """What of a purchase a link has promoted, in money really paid; None: nothing of it."""
    if subject is Subject.CONTENT:
        return purchase.really_fen
    if subject is Subject.STORE:
        return purchase.really_fen if str(purchase.store_id) == target else None
    line_fen = {str(offer_id): fen for offer_id, fen in purchase.lines.items()}.get(target)
    if line_fen is None:
        return None
    return purchase.really_fen * line_fen // max(1, sum(purchase.lines.values()))


def last_click(
    clicks: Iterable[Click],
    purchase: Purchase,
    window_of: Callable[[Click], int | None],
) -> Click | None:
    """The last click before a purchase that promoted something of it. `window_of` is the window
    (days) of a click's campaign, None where it had nothing to give at that moment."""
    for click in sorted(clicks, key=lambda each: (each.at, each.link_id), reverse=True):
        if base_fen(click.subject, click.target, purchase) is None:
            continue
        days = window_of(click)
        if days is not None and is_within(click, purchase.moment, days):
            return click
    return None


def commission_fen(base: int, rate_bp: int, cap_fen: int) -> int:
    """`rate_bp` of what was really paid, rounded half up, at most the cap."""
    return min(cap_fen, (base * rate_bp + WHOLE_BP // 2) // WHOLE_BP)


def lost_fen(amount_fen: int, sale_fen: int, refunded_fen: int) -> int:
    """What of a commission goes back with so much of its sale, in proportion and rounded down: a
    sale refunded whole takes all of it, in any number of parts."""
    return amount_fen * refunded_fen // sale_fen
