"""What may become of an errand, and how its money is divided: pure. Amounts in fen.

 open ─▶ taken ─▶ picked_up ─▶ delivered ─▶ completed
  │ ▲ ▲    │          │  └────────┤ (time, or either side)
  │ │ assigned        ▼           ▼
  │ └──(given up, time)       disputed ─▶ decided
  ▼
expired, cancelled (also from taken, against compensation)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

WHOLE_BP = 10_000
EARTH_METRES = 6_371_000
GRID = 200  # parts of a degree: about 500 m


class Status(StrEnum):
    """Where an errand stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    DISPUTED = "disputed"
    COMPLETED = "completed"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Who(StrEnum):
    """Who may take a step."""

    POSTER = "poster"
    RUNNER = "runner"
    OPERATOR = "operator"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Move:
    """A step: who takes it, from where, and where it leads."""

    who: frozenset[Who]
    before: frozenset[Status]
    after: Status


S, W = Status, Who


def _move(who: set[Who], before: set[Status], after: Status) -> Move:
    return Move(frozenset(who), frozenset(before), after)


MOVES: Mapping[str, Move] = {
    "assigned": _move({W.POSTER}, {S.OPEN}, S.ASSIGNED),
    "declined": _move({W.RUNNER}, {S.ASSIGNED}, S.OPEN),
    "not_accepted": _move({W.TIME}, {S.ASSIGNED}, S.OPEN),
    "taken": _move({W.RUNNER}, {S.OPEN, S.ASSIGNED}, S.TAKEN),
    "given_up": _move({W.RUNNER}, {S.TAKEN}, S.OPEN),
    "not_picked_up": _move({W.TIME}, {S.TAKEN}, S.OPEN),
    "picked_up": _move({W.RUNNER}, {S.TAKEN}, S.PICKED_UP),
    "delivered": _move({W.RUNNER}, {S.PICKED_UP}, S.DELIVERED),
    "not_delivered": _move({W.TIME}, {S.PICKED_UP}, S.DISPUTED),
    "disputed": _move({W.POSTER, W.RUNNER}, {S.PICKED_UP, S.DELIVERED}, S.DISPUTED),
    "decided": _move({W.OPERATOR}, {S.DISPUTED}, S.DECIDED),
    "confirmed": _move({W.POSTER}, {S.PICKED_UP, S.DELIVERED}, S.COMPLETED),
    "confirmed_by_time": _move({W.TIME}, {S.DELIVERED}, S.COMPLETED),
    "cancelled": _move({W.POSTER, W.OPERATOR}, {S.OPEN, S.ASSIGNED}, S.CANCELLED),
    "cancelled_late": _move({W.POSTER}, {S.TAKEN}, S.CANCELLED),
    "expired": _move({W.TIME}, {S.OPEN}, S.EXPIRED),
}
"""The state machine, in one table. `notes` (posted, proposed) lead nowhere and are not in it."""

LOSES_RUNNER = frozenset({"declined", "not_accepted", "given_up", "not_picked_up"})
LET_DOWN = frozenset({"given_up", "not_picked_up", "not_delivered"})
WITH_RUNNER = frozenset({S.TAKEN, S.PICKED_UP, S.DELIVERED, S.DISPUTED})
ENDED = frozenset(Status) - {status for move in MOVES.values() for status in move.before}
BY_TIME = {
    S.OPEN: "expired",
    S.ASSIGNED: "not_accepted",
    S.TAKEN: "not_picked_up",
    S.PICKED_UP: "not_delivered",
    S.DELIVERED: "confirmed_by_time",
}


class Times(Protocol):
    """How long each stage may last, in minutes: part of a campaign's settings."""

    open_minutes: int
    accept_minutes: int
    pick_up_minutes: int
    deliver_minutes: int
    confirm_minutes: int


def ends_at(status: Status, times: Times, moment: datetime) -> datetime | None:
    """When time decides about an errand that has come to a status at a moment; None: never."""
    minutes = {
        S.OPEN: times.open_minutes,
        S.ASSIGNED: times.accept_minutes,
        S.TAKEN: times.pick_up_minutes,
        S.PICKED_UP: times.deliver_minutes,
        S.DELIVERED: times.confirm_minutes,
    }.get(status)
    return None if minutes is None else moment + timedelta(minutes=minutes)


def fee_fen(reward_fen: int, rate_bp: int, least_fen: int, most_fen: int) -> int:
    """What the platform keeps of a whole reward: rounded half up, within its bounds, and less than
    the reward."""
    fee = (reward_fen * rate_bp + WHOLE_BP // 2) // WHOLE_BP
    return min(max(fee, least_fen), most_fen, reward_fen - 1)


def fee_of_part(part_fen: int, reward_fen: int, whole_fee_fen: int) -> int:
    """The fee on a part of the reward: its share, rounded down in the runner's favour."""
    return whole_fee_fen * part_fen // reward_fen


def compensation_fen(reward_fen: int, rate_bp: int) -> int:
    """What a runner gets whose errand is cancelled after they took it: rounded half up."""
    return (reward_fen * rate_bp + WHOLE_BP // 2) // WHOLE_BP


class Amount(Protocol):
    """Something with an amount."""

    @property
    def amount_fen(self) -> int: ...


T = TypeVar("T", bound=Amount)


def first_of(held: Sequence[T], amount_fen: int) -> list[tuple[T, int]]:
    """What each holding gives of an amount, in their order; together less where they hold less."""
    found = []
    for each in held:
        taken = min(each.amount_fen, amount_fen)
        if taken > 0:
            found.append((each, taken))
            amount_fen -= taken
    return found


def last_of(parts: Sequence[T], amount_fen: int) -> list[tuple[T, int]]:
    """Which parts an amount is given back to: what was taken last goes back first, so that each
    part gets at most what it gave. ValueError for more than all of them."""
    found = []
    for part in reversed(parts):
        back = min(part.amount_fen, amount_fen)
        amount_fen -= back
        if back:
            found.append((part, back))
    if amount_fen:
        raise ValueError("more is to go back than was given")
    return found


def metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Between two places (latitude, longitude in degrees), along the great circle."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(min(1.0, half))))


def roughly(degrees: float) -> float:
    """A coordinate as those may see it who have not taken the errand: to about 500 metres."""
    return round(degrees * GRID) / GRID
