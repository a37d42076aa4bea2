"""Files for and from the bank: pure. One documented form (docs/channels.md); others are added here.

Amounts are yuan with two decimals in the file, fen here. No cell is ever read as a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.core.units import decimal_yuan

COLUMNS = ("序号", "收款人户名", "收款账号", "开户银行", "金额", "用途", "商户单号")
RESULT_COLUMNS = ("序号", "商户单号", "金额", "结果", "原因")
YUAN = re.compile(r"(\d{1,11})\.(\d{2})")
BYTE_ORDER_MARK = "\ufeff"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of the file."""

    serial: int
    holder: str
    number: str
    bank: str
    amount_fen: int
    purpose: str
    bill_number: str


class Outcome(StrEnum):
    """What the bank says of a line."""

    PAID = "成功"
    FAILED = "失败"
    RETURNED = "退回"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the bank's answer; `place` counts the lines of its file from 1."""

    place: int
    serial: int
    bill_number: str
    amount_fen: int
    outcome: Outcome
    reason: str


class Misfit(StrEnum):
    """Why a line of the answer fits nothing here: it is not as documented, or not what was sent."""

    COLUMNS = "other_columns"
    COUNT = "other_count_of_values"
    SERIAL = "serial_unread"
    AMOUNT = "amount_unread"
    OUTCOME = "outcome_unknown"
    NOT_SENT = "not_sent"
    DIFFERS = "number_or_amount_differs"
    ENDED = "ended_otherwise"


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not as documented, and why."""

    place: int
    why: Misfit


def write(lines: Iterable[Line]) -> str:
    """The file of a batch: the same lines always give the same bytes."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        texts = (line.holder, line.number, line.bank)
        amount = decimal_yuan(line.amount_fen)
        cells = [line.serial, *map(_text, texts), amount, _text(line.purpose), line.bill_number]
        writer.writerow(cells)
    return BYTE_ORDER_MARK + written.getvalue()


def read_results(content: str) -> list[Result | Unread]:
    """The lines of the bank's answer, each read or not; other columns make the whole unread."""
    rows = list(csv.reader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK))))
    if not rows or tuple(cell.strip() for cell in rows[0]) != RESULT_COLUMNS:
        return [Unread(1, Misfit.COLUMNS)]
    return [_result(place, row) for place, row in enumerate(rows[1:], 2) if any(row)]


def fen(text: str) -> int | None:
    """Yuan with exactly two decimals as fen; None for anything else."""
    found = YUAN.fullmatch(text) if text.isascii() else None
    return int(found[1]) * 100 + int(found[2]) if found else None


def _result(place: int, row: list[str]) -> Result | Unread:
    if len(row) != len(RESULT_COLUMNS):
        return Unread(place, Misfit.COUNT)
    serial, number, amount, outcome, reason = (cell.strip() for cell in row)
    amount_fen = fen(amount)
    if not (serial.isascii() and serial.isdigit() and len(serial) < 7):
        return Unread(place, Misfit.SERIAL)
    if amount_fen is None:
        return Unread(place, Misfit.AMOUNT)
    if outcome not in set(Outcome):
        return Unread(place, Misfit.OUTCOME)
    return Result(place, int(serial), number[:64], amount_fen, Outcome(outcome), reason[:200])


def _text(value: str) -> str:
    shown = " ".join(value.split())
    return f"'{shown}" if shown.startswith(BEGINS_A_FORMULA) else shown
