"""A bank's statement, read exactly: pure. One documented form (docs/reconciliation.md).

CSV in UTF-8 or GB18030; amounts are yuan with two decimals, exactly one of 收入 and 支出 is given.
"""

from __future__ import annotations

import csv
import io
from itertools import pairwise

from app.wallet.reconciliation import cells
from app.wallet.reconciliation.bills import FundLine
from app.wallet.reconciliation.cells import BillMalformed

COLUMNS = ("交易时间", "流水号", "收入金额", "支出金额", "余额", "对方户名", "摘要", "商户单号")


def is_statement(content: str) -> bool:
    """Whether a text begins like a bank's statement."""
    first = content.removeprefix("\ufeff").split("\n", 1)[0].strip().split(",")
    return tuple(name.strip() for name in first) == COLUMNS


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, with or without its mark, else GB18030. Raises BillMalformed."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BillMalformed(1, "the file is text neither in UTF-8 nor in GB18030")


def read_statement(content: str) -> list[FundLine]:
    """The movements of the bank's account, in the statement's order. Raises BillMalformed, also
    where a balance does not follow from the one before."""
    if not is_statement(content):
        raise BillMalformed(1, f"the columns are not {','.join(COLUMNS)}")
    rows = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    next(rows)
    lines = [_line(number, row) for number, row in enumerate(rows, 2) if any(row)]
    for before, after in pairwise(lines):
        if before.balance_fen + after.amount_fen != after.balance_fen:
            raise BillMalformed(after.line, "余额 does not follow from the line before")
    return lines


def _line(number: int, row: list[str]) -> FundLine:
    if len(row) != len(COLUMNS):
        raise BillMalformed(number, f"{len(row)} values for {len(COLUMNS)} columns")
    moment, flow, came, went, balance, _, summary, voucher = (cell.strip() for cell in row)
    amount = cells.fen(number, "收入金额", came or "0.00") - cells.fen(
        number, "支出金额", went or "0.00"
    )
    if bool(came) == bool(went) or not amount:
        raise BillMalformed(number, "exactly one of 收入金额 and 支出金额 is an amount")
    if not flow or len(flow) > 64 or not flow.isascii() or not flow.isprintable():
        raise BillMalformed(number, "流水号 is not a number")
    return FundLine(
        line=number,
        at=cells.moment(number, moment),
        business_number=flow,
        flow_number=flow,
        business=summary[:100],
        amount_fen=amount,
        balance_fen=cells.fen(number, "余额", balance),
        remark="",
        voucher=voucher[:64],
    )
