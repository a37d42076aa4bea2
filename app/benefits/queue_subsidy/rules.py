"""The queue's arithmetic: targets, who is paid what of a pot, how long it may take. Pure.

Amounts in fen. Nothing here promises anything: a target is the most that somebody may get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

WHOLE_BP = 10_000
DAYS_LOOKED_AT = 14
FEWEST_DAYS = 7
FARTHEST_DAYS = 365


class TargetTerms(Protocol):
    """What a queue's settings say of targets."""

    basis: str
    minimum_fen: int
    rate_bp: int
    cap_fen: int
    concession_cap_bp: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase as the queue looks at it: what was really paid of it (no bonus, no experience
    gold), what the shop conceded and what of that went to people, the whole amount and what of it
    was refunded."""

    paid_fen: int
    conceded_fen: int
    given_fen: int
    amount_fen: int
    refunded_fen: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """Between how many days a place may be paid, if as much comes in as lately."""

    days_min: int
    days_max: int


def target_fen(terms: TargetTerms, bought: Purchase) -> int:
    """The most that a purchase may get of the queue; 0: it takes no place.

    Never more than the stated part of what the purchase itself conceded, nor more than is left of
    that beside the shares of people: buying from oneself earns nothing. A refund shrinks it in
    proportion.
    """
    if bought.paid_fen < terms.minimum_fen:
        return 0
    base_fen = bought.paid_fen if terms.basis == "paid" else bought.conceded_fen
    whole_fen = min(
        base_fen * terms.rate_bp // WHOLE_BP,
        bought.conceded_fen * terms.concession_cap_bp // WHOLE_BP,
        bought.conceded_fen - bought.given_fen,
        terms.cap_fen,
    )
    return max(0, whole_fen) * (bought.amount_fen - bought.refunded_fen) // bought.amount_fen


def in_full(pot_fen: int, lefts_fen: Sequence[int]) -> list[int]:
    """What the places from the front get where each is paid whole, in its turn: nobody is
    skipped because what they wait for is large."""
    parts: list[int] = []
    for left_fen in lefts_fen:
        if left_fen > pot_fen:
            break
        parts.append(left_fen)
        pot_fen -= left_fen
    return parts


def in_parts(pot_fen: int, lefts_fen: Sequence[int], smallest_fen: int) -> list[int]:
    """What the front places get where they share a pot evenly, each at most what it waits for.

    What one does not need goes to the others. Nobody gets a part below `smallest_fen` but the
    last of what they wait for; a pot too small for that is given to fewer, from the front.
    """
    for count in range(len(lefts_fen), 0, -1):
        parts = _evenly(pot_fen, lefts_fen[:count])
        if all(
            part >= min(smallest_fen, left)
            for part, left in zip(parts, lefts_fen[:count], strict=True)
        ):
            return parts
    return []


def _evenly(pot_fen: int, lefts_fen: Sequence[int]) -> list[int]:
    """Equal parts, none above what is waited for; the odd fen go to those in front."""
    parts = [0] * len(lefts_fen)
    order = sorted(range(len(lefts_fen)), key=lambda place: (lefts_fen[place], -place))
    for done, place in enumerate(order):
        others = len(order) - done
        parts[place] = min(lefts_fen[place], pot_fen // others)
        pot_fen -= parts[place]
    return parts


def take_back_fen(paid_fen: int, taken_fen: int, target: int) -> int:
    """How much of what a place got must go back now that its target is only `target`."""
    return max(0, paid_fen - taken_fen - target)


def taking_back(given: Sequence[tuple[int, int]], total_fen: int) -> list[int]:
    """To what total each grant of a place is taken back so that together `total_fen` are: the
    newest first. `given` are pairs of amount and what was taken back of it, newest first."""
    totals = []
    for amount_fen, taken_fen in given:
        wanted_fen = max(taken_fen, min(amount_fen, total_fen))
        totals.append(wanted_fen)
        total_fen = max(0, total_fen - wanted_fen)
    return totals


def ripe_fen(pool_fen: int, then_fen: int | None, gone_since_fen: int) -> int:
    """What of the pool may be paid out: what it held at the end of an earlier day (None: not
    known), less what of that went to the queue or back to buyers since then, and never more than it
    holds."""
    if then_fen is None:
        return 0
    return max(0, min(pool_fen, then_fen - gone_since_fen))


def estimate(least_fen: int, most_fen: int, days_fen: Sequence[int]) -> Estimate | None:
    """How long it may take until `least_fen` to `most_fen` came in, by what really came in on
    each whole day of late, newest first. None where that cannot be said: too few days, a week
    in which nothing came, or farther away than a year."""
    lately = list(days_fen[:DAYS_LOOKED_AT])
    if len(lately) < FEWEST_DAYS:
        return None
    weeks = [
        sum(lately[begin : begin + FEWEST_DAYS]) / FEWEST_DAYS
        for begin in range(len(lately) - FEWEST_DAYS + 1)
    ]
    if min(weeks) <= 0:
        return None
    found = Estimate(ceil(least_fen / max(weeks)), ceil(most_fen / min(weeks)))
    return found if found.days_max <= FARTHEST_DAYS else None
