"""The daily bills of WeChat Pay, read exactly: pure, no database, no clock (WeChat fact D12).

A bill is text: a line of column names, a line for each payment, refund or movement, the names of
the totals, the totals. Each value begins with a back-quote; amounts are yuan with two decimals,
fees with five. Here they are whole fen (fees whole thousandths of a fen), without floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.wallet.reconciliation import cells
from app.wallet.reconciliation.cells import BillMalformed

BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = ",`"


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split(","))


TRADE_COLUMNS = _columns(
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_TOTALS = _columns(
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
FUND_COLUMNS = _columns(
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_TOTALS = _columns("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额")
# What a bill of splits has at least: WeChat does not publish all of its columns (fact D10).
SHARING_COLUMNS = frozenset(
    _columns(
        "分账时间,分账方,微信分账/回退单号,微信分账明细单号,商户分账/回退单号,分账接收方,分账金额(元),业务类型,处理状态,"
        "分账描述"
    )
)
SHARING_TOTALS = ("总笔数", "分账总金额", "分账回退总金额")
SPLIT, GIVEN_BACK = "分账", "分账回退"
MOVED, NOT_MOVED = "SUCCESS", frozenset({"PENDING", "PROCESSING", "CLOSED", "FAILED"})
PAYMENT_STATES = frozenset({"SUCCESS"})
REFUND_STATES = frozenset({"REFUND", "REVOKED"})
INTO, OUT_OF = "收入", "支出"


class Bill(StrEnum):
    """Which bill: all trades, the movements of one of WeChat's three accounts, the parts that were
    split, or the bank's."""

    TRADE = "trade"
    BASIC = "basic"
    OPERATION = "operation"
    FEES = "fees"
    BANK = "bank"
    SHARING = "sharing"


FETCHED = (Bill.TRADE, Bill.BASIC, Bill.OPERATION, Bill.FEES)
"""The bills that WeChat Pay hands out every day; that of splits only to who splits, and a bank's
statement comes in a file."""


@dataclass(frozen=True, slots=True)
class TradeLine:
    """A payment, or a refund asked for: then `out_refund_no` is given and `amount_fen` its amount.

    `state` is the payment's (交易状态), or the refund's (退款状态): SUCCESS, PROCESSING, FAIL or
    CHANGE.
    """

    line: int
    at: datetime
    transaction_id: str
    out_trade_no: str
    refund_id: str | None
    out_refund_no: str | None
    state: str
    amount_fen: int
    fee_thousandths: int


@dataclass(frozen=True, slots=True)
class FundLine:
    """A movement of an account: into it positive, out of it negative; `balance_fen` after it."""

    line: int
    at: datetime
    business_number: str
    flow_number: str
    business: str
    amount_fen: int
    balance_fen: int
    remark: str
    voucher: str


BillLine = TradeLine | FundLine


@dataclass(frozen=True, slots=True)
class _Table:
    """The parts of a bill: rows with their line numbers, and the totals of the last line."""

    rows: list[tuple[int, dict[str, str]]]
    totals: dict[str, str]
    totals_line: int


def read_trade_bill(text: str) -> list[TradeLine]:
    """The lines of a bill of type ALL. Raises BillMalformed, also where the totals are others."""
    table = _table(text, TRADE_COLUMNS, TRADE_TOTALS, free="商品名称")
    lines = [_trade_line(number, row) for number, row in table.rows]
    _check_trade_totals(table)
    return lines


def read_fund_bill(text: str) -> list[FundLine]:
    """The movements of one account, in the bill's order. Raises BillMalformed as above."""
    table = _table(text, FUND_COLUMNS, FUND_TOTALS, free="备注")
    lines = [_fund_line(number, row) for number, row in table.rows]
    into = [line.amount_fen for line in lines if line.amount_fen > 0]
    out = [-line.amount_fen for line in lines if line.amount_fen < 0]
    _check(table, "资金流水总笔数", len(lines), cells.count)
    _check(table, "收入笔数", len(into), cells.count)
    _check(table, "收入金额", sum(into), cells.fen)
    _check(table, "支出笔数", len(out), cells.count)
    _check(table, "支出金额", sum(out), cells.fen)
    return lines


def read_sharing_bill(text: str) -> list[FundLine]:
    """What receivers got (negative) and gave back: lines that moved money, without what became
    free for ourselves. Raises BillMalformed, also for a state that is not known."""
    lines = text.removeprefix(BYTE_ORDER_MARK).rstrip("\r\n").split("\n")
    columns = _names(lines[0].rstrip("\r"))
    missing = sorted(SHARING_COLUMNS - set(columns))
    if missing or len(lines) < 3:
        raise BillMalformed(1, f"lacks {', '.join(missing) or 'totals'}")
    table = _table(text, columns, _names(lines[-2].rstrip("\r")), free="分账描述")
    rows = [(number, row) for number, row in table.rows if _has_moved(number, row)]
    moved = [_sharing_line(number, row) for number, row in rows]
    sums = (
        len(table.rows),
        -sum(line.amount_fen for line in moved if line.amount_fen < 0),
        sum(line.amount_fen for line in moved if line.amount_fen > 0),
    )
    for name, found, read in zip(
        SHARING_TOTALS, sums, (cells.count, *[cells.fen] * 2), strict=True
    ):
        if name in table.totals:
            _check(table, name, found, read)
    own = {number for number, row in rows if row["分账接收方"] == row["分账方"]}
    return [line for line in moved if line.line not in own]


def _has_moved(number: int, row: dict[str, str]) -> bool:
    if row["处理状态"] not in {MOVED, *NOT_MOVED} or row["业务类型"] not in (SPLIT, GIVEN_BACK):
        raise BillMalformed(number, "业务类型 or 处理状态 is not known")
    return row["处理状态"] == MOVED


def _sharing_line(number: int, row: dict[str, str]) -> FundLine:
    amount = cells.fen(number, "分账金额(元)", row["分账金额(元)"])
    return FundLine(
        line=number,
        at=cells.moment(number, row["分账时间"]),
        business_number=row["微信分账/回退单号"].strip(),
        flow_number=row["微信分账明细单号"].strip(),
        business=row["业务类型"],
        amount_fen=-amount if row["业务类型"] == SPLIT else amount,
        balance_fen=0,
        remark="",
        voucher=row["商户分账/回退单号"].strip(),
    )


def read_bill(bill: Bill, text: str) -> Sequence[BillLine]:
    """The lines of a bill of this kind. Raises BillMalformed."""
    if bill is Bill.SHARING:
        return read_sharing_bill(text)
    return read_trade_bill(text) if bill is Bill.TRADE else read_fund_bill(text)


def kind_of(text: str) -> Bill:
    """TRADE, SHARING or BASIC (any fund-flow bill), by the names of the columns. Raises
    BillMalformed."""
    found = _names(text.removeprefix(BYTE_ORDER_MARK).split("\n", 1)[0].rstrip("\r"))
    if set(found) == set(TRADE_COLUMNS):
        return Bill.TRADE
    if set(found) == set(FUND_COLUMNS):
        return Bill.BASIC
    if set(found) >= SHARING_COLUMNS:
        return Bill.SHARING
    raise BillMalformed(1, "the columns are those of no known bill")


def _table(text: str, columns: tuple[str, ...], totals: tuple[str, ...], *, free: str) -> _Table:
    """Splits a bill. `free` is the column of free text: a separator within it is its own."""
    lines = [line.rstrip("\r") for line in text.removeprefix(BYTE_ORDER_MARK).split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) < 3:
        raise BillMalformed(max(len(lines), 1), "a bill has at least its columns and its totals")
    found = _known(1, lines[0], columns)
    rows = [(number, _row(number, line, found, free)) for number, line in enumerate(lines[1:-2], 2)]
    names = _known(len(lines) - 1, lines[-2], totals)
    return _Table(rows, _row(len(lines), lines[-1], names, ""), len(lines))


def _names(line: str) -> tuple[str, ...]:
    shown = line.replace("（", "(").replace("）", ")")
    return tuple(name.strip().removeprefix("`") for name in shown.split(","))


def _known(number: int, line: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The column names of a line: exactly those documented, in whatever order."""
    found = _names(line)
    if len(found) != len(wanted) or set(found) != set(wanted):
        differing = sorted(set(found) ^ set(wanted))[:3]
        raise BillMalformed(number, f"other columns than documented: {', '.join(differing)[:120]}")
    return found


def _row(number: int, line: str, columns: tuple[str, ...], free: str) -> dict[str, str]:
    if not line.startswith("`"):
        raise BillMalformed(number, "values do not begin with a back-quote")
    values = line[1:].split(SEPARATOR)
    surplus = len(values) - len(columns)
    if surplus > 0 and free:
        place = columns.index(free)
        values[place : place + surplus + 1] = [SEPARATOR.join(values[place : place + surplus + 1])]
    if len(values) != len(columns):
        raise BillMalformed(number, f"{len(values)} values for {len(columns)} columns")
    return dict(zip(columns, values, strict=True))


def _trade_line(number: int, row: dict[str, str]) -> TradeLine:
    state = row["交易状态"]
    if state not in PAYMENT_STATES | REFUND_STATES:
        raise BillMalformed(number, "交易状态 is none of SUCCESS, REFUND, REVOKED")
    is_refund = state in REFUND_STATES
    amount = row["申请退款金额"] if is_refund else row["订单金额"]
    for column in ("应结订单金额", "退款金额", "充值券退款金额", "代金券金额"):
        cells.fen(number, column, row[column])
    return TradeLine(
        line=number,
        at=cells.moment(number, row["交易时间"]),
        transaction_id=cells.number(number, "微信订单号", row),
        out_trade_no=cells.number(number, "商户订单号", row),
        refund_id=cells.number(number, "微信退款单号", row) if is_refund else None,
        out_refund_no=cells.number(number, "商户退款单号", row) if is_refund else None,
        state=row["退款状态"] if is_refund else state,
        amount_fen=cells.fen(number, "申请退款金额" if is_refund else "订单金额", amount),
        fee_thousandths=cells.thousandths(number, "手续费", row["手续费"]),
    )


def _check_trade_totals(table: _Table) -> None:
    columns = {
        "应结订单总金额": "应结订单金额",
        "退款总金额": "退款金额",
        "充值券退款总金额": "充值券退款金额",
        "订单总金额": "订单金额",
        "申请退款总金额": "申请退款金额",
    }
    _check(table, "总交易单数", len(table.rows), cells.count)
    for total, column in columns.items():
        found = sum(cells.fen(number, column, row[column]) for number, row in table.rows)
        _check(table, total, found, cells.fen)
    fees = sum(cells.thousandths(number, "手续费", row["手续费"]) for number, row in table.rows)
    _check(table, "手续费总金额", fees, cells.thousandths)


def _fund_line(number: int, row: dict[str, str]) -> FundLine:
    direction, amount = row["收支类型"], cells.fen(number, "收支金额(元)", row["收支金额(元)"])
    if direction not in (INTO, OUT_OF) or amount <= 0:
        raise BillMalformed(number, "neither 收入 nor 支出 of an amount")
    return FundLine(
        line=number,
        at=cells.moment(number, row["记账时间"]),
        business_number=row["微信支付业务单号"].strip(),
        flow_number=cells.number(number, "资金流水单号", row),
        business=f"{row['业务名称']}/{row['业务类型']}"[:100],
        amount_fen=amount if direction == INTO else -amount,
        balance_fen=cells.fen(number, "账户结余(元)", row["账户结余(元)"]),
        remark=row["备注"][:200],
        voucher=row["业务凭证号"].strip(),
    )


def _check(table: _Table, name: str, found: int, read: Callable[[int, str, str], int]) -> None:
    said = read(table.totals_line, name, table.totals[name])
    if said != found:
        raise BillMalformed(table.totals_line, f"{name} is not what the lines come to")
