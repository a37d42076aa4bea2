"""Shapes of the reserve report. Amounts in fen; owed and held are both positive."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from app.core.schemas import Body, Moment, View


class ReserveQuery(Body):
    """Of which business day (Asia/Shanghai); without it the newest closed one."""

    day: date | None = None


class ReserveDaysQuery(Body):
    """Which page of the history: days before one."""

    before: date | None = None
    limit: Annotated[int, Field(ge=1, le=62)] = 31


class ReserveLine(View):
    """A group of accounts and what they come to."""

    code: str
    title: str
    title_en: str
    amount_fen: int


class ReservePlace(ReserveLine):
    """Where money is held: by the books, and by the newest bill of whoever holds it. Below 0,
    `difference_fen` is missing there."""

    bill_day: date | None
    bill_fen: int | None
    difference_fen: int | None
    is_reconciled: bool


class SealMark(View):
    """The last link of the hash chain that the day contains."""

    number: int
    hash: str | None


class ReserveSums(View):
    """Owed to others against held for them. `missing_fen` is what bills show to be less than the
    books; `shortfall_fen` is what is lacking, 0 where everything is covered."""

    day: date
    owed_fen: int
    held_fen: int
    missing_fen: int
    surplus_fen: int
    shortfall_fen: int
    is_reconciled: bool


class ReserveView(ReserveSums):
    """The reserve report of a day. `lent` is owed to the alliance and counts as held nowhere;
    `own` is nobody else's. `open_lines` of bills wait for an explanation."""

    closed_at: Moment
    journals: int
    seal: SealMark
    owed: list[ReserveLine]
    held: list[ReservePlace]
    lent: list[ReserveLine]
    own: list[ReserveLine]
    open_lines: int


class ReserveDaysView(View):
    """A page of the history, newest day first."""

    days: list[ReserveSums]
