"""Single values of bills and statements, read exactly or refused with their line and column."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.core.world import BEIJING

FEN = re.compile(r"(-?)(\d{1,13})\.(\d{2})")
THOUSANDTHS = re.compile(r"(-?)(\d{1,13})\.(\d{2})(\d{0,3})")
WHOLE = re.compile(r"\d{1,12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class BillMalformed(ValueError):
    """A bill that is not as documented; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


def number(line: int, column: str, row: dict[str, str]) -> str:
    """A number of a payment, as it stands. Raises BillMalformed."""
    value = row[column].strip()
    if not value or len(value) > 64 or not value.isascii() or not value.isprintable():
        raise BillMalformed(line, f"{column} is not a number")
    return value


def moment(line: int, value: str) -> datetime:
    """A time of Beijing, in UTC. Raises BillMalformed."""
    try:
        if not value.isascii() or not MOMENT.fullmatch(value):
            raise ValueError
        local = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BillMalformed(line, "the time is not YYYY-MM-DD hh:mm:ss") from None


def fen(line: int, column: str, value: str) -> int:
    """Yuan with exactly two decimals, as fen. Raises BillMalformed."""
    found = FEN.fullmatch(value)
    if not found or not value.isascii():
        raise BillMalformed(line, f"{column} is not an amount in yuan with two decimals")
    sign, yuan, cents = found.groups()
    return (-1 if sign else 1) * (int(yuan) * 100 + int(cents))


def thousandths(line: int, column: str, value: str) -> int:
    """Yuan with two to five decimals, as thousandths of a fen. Raises BillMalformed."""
    found = THOUSANDTHS.fullmatch(value)
    if not found or not value.isascii():
        raise BillMalformed(line, f"{column} is not an amount in yuan with up to five decimals")
    sign, yuan, cents, rest = found.groups()
    whole = int(yuan) * 100 + int(cents)
    return (-1 if sign else 1) * (whole * 1000 + int(rest.ljust(3, "0")))


def count(line: int, column: str, value: str) -> int:
    """A number of lines. Raises BillMalformed."""
    if not WHOLE.fullmatch(value) or not value.isascii():
        raise BillMalformed(line, f"{column} is not a count")
    return int(value)
