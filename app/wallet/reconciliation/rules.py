"""When a line of a bill and a record of the books agree: pure, no database, no clock.

Money is compared where it moves, in the fund-flow bills, fee by fee; the trade bill is compared
by number, amount and state. Amounts in fen, positive what came to us (WeChat facts D12, D14).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.core.world import beijing_day
from app.wallet.reconciliation.bills import BillLine, FundLine, TradeLine

BORDER = timedelta(minutes=10)
"""How far WeChat's clock and ours, or its booking and its moment, may be apart at midnight."""


class Result(StrEnum):
    """How a line compares."""

    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know of a number. `parts` are the movements it should show, signed.

    `began` and `booked_at` enclose the moment at which WeChat moved the money; `booked_at` is
    None while the books have not taken it in.
    """

    kind: str
    id: UUID
    reference: str
    state: str
    began: datetime
    booked_at: datetime | None
    parts: tuple[int, ...]

    def days(self) -> list[date]:
        """The Beijing days whose bills may show it."""
        begin = beijing_day(self.began - BORDER)
        end = beijing_day((self.booked_at or self.began) + BORDER)
        return [begin + timedelta(days=count) for count in range((end - begin).days + 1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one line, or for one movement that no bill shows (`line` is None)."""

    line: BillLine | None
    known: Known | None
    result: Result
    their_fen: int | None
    our_fen: int | None
    their_state: str | None = None
    our_state: str | None = None


AGREEING = {
    "SUCCESS": ("done",),
    "PROCESSING": ("requested", "processing", "done", "troubled"),
    "FAIL": ("troubled",),
    "CHANGE": ("troubled",),
}
"""States of a refund in the bill, and what they may have become here since it was written."""


def judge_trade(line: TradeLine, known: Known | None) -> Finding:
    """A payment or a refund against its record."""
    if known is None:
        return Finding(line, None, Result.MISSING_HERE, line.amount_fen, None, line.state)
    ours = abs(known.parts[0])
    is_refund = line.out_refund_no is not None
    agreeing = AGREEING.get(line.state, ()) if is_refund else ("paid", "suspense")
    result = Result.MATCHED
    if known.state not in agreeing:
        result = Result.STATE_DIFFERS
    elif ours != line.amount_fen:
        result = Result.AMOUNT_DIFFERS
    return Finding(line, known, result, line.amount_fen, ours, line.state, known.state)


def judge_movements(
    lines: Sequence[tuple[FundLine, Known | None]], used: dict[UUID, list[int]]
) -> list[Finding]:
    """Each movement against the parts of its record; exact ones first, each part once.

    `used` are parts that other bills have shown already; those found here are added to it.
    """
    found: dict[int, Finding] = {}
    for is_exact in (True, False):
        for place, (line, known) in enumerate(lines):
            if place not in found:
                part = _part(line, known, used, is_exact=is_exact)
                if part is not None and known is not None:
                    used.setdefault(known.id, []).append(part)
                    found[place] = _of_part(line, known, part)
    return [found.get(place) or _without_part(*each) for place, each in enumerate(lines)]


def left(known: Known, used: dict[UUID, list[int]]) -> list[int]:
    """The parts of a record that no bill has shown."""
    parts = list(known.parts)
    for shown in used.get(known.id, []):
        if shown in parts:
            parts.remove(shown)
    return parts


def only(known: Known, part: int) -> Known:
    """The record with this part of it alone."""
    return replace(known, parts=(part,))


def _part(
    line: FundLine, known: Known | None, used: dict[UUID, list[int]], *, is_exact: bool
) -> int | None:
    for part in left(known, used) if known else ():
        if part == line.amount_fen or (not is_exact and (part > 0) == (line.amount_fen > 0)):
            return part
    return None


def _of_part(line: FundLine, known: Known, part: int) -> Finding:
    result = Result.MATCHED if part == line.amount_fen else Result.AMOUNT_DIFFERS
    return Finding(line, known, result, line.amount_fen, part, None, known.state)


def _without_part(line: FundLine, known: Known | None) -> Finding:
    if known is None or known.booked_at is not None:
        return Finding(line, known, Result.MISSING_HERE, line.amount_fen, None)
    return Finding(line, known, Result.STATE_DIFFERS, line.amount_fen, None, None, known.state)


def missing_there(
    candidates: Iterable[Known], used: dict[UUID, list[int]], compared: set[date]
) -> list[Finding]:
    """Booked movements that none of the bills shows which could: all of them were compared."""
    return [
        Finding(None, known, Result.MISSING_THERE, None, part, None, known.state)
        for known in candidates
        if compared.issuperset(known.days())
        for part in left(known, used)
    ]


def offset_fen(result: Result, their_fen: int | None, our_fen: int | None) -> int:
    """By how much more the channel holds than the books because of such a line, until booked."""
    if result is Result.MATCHED:
        return 0
    return (their_fen or 0) - (our_fen or 0)


def closing_fen(lines: Sequence[FundLine]) -> int | None:
    """The balance after the last movement, whichever end of the bill that stands at."""
    if not lines:
        return None
    first, last = lines[0], lines[-1]
    return first.balance_fen if first.at > last.at else last.balance_fen
