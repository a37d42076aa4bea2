"""Writes bills as WeChat Pay does, independently of what reads them."""

from __future__ import annotations

from decimal import Decimal

TRADE = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
FUND = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,"
    "资金变更提交申请人,备注,业务凭证号"
)
TRADE_TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def yuan(fen: int, decimals: int = 2) -> str:
    """Fen as yuan."""
    return f"{Decimal(fen) / 100:.{decimals}f}"


def payment(number="a1", fen=1000, transaction="42001", name="联惠充值", fee=None, at=None):
    """A payment's values, in the order of the columns."""
    fee = yuan(round(fen * 6 / 1000), 5) if fee is None else fee
    head = (
        f"{at or '2026-11-22 10:00:00'}|wx1|1900000001|0||{transaction}|{number}|o1|JSAPI|SUCCESS"
    )
    middle = f"OTHERS|CNY|{yuan(fen)}|0.00|0|0|0.00|0.00||"
    return [*head.split("|"), *middle.split("|"), name, "", fee, "0.60%", yuan(fen), "0.00", ""]


def refund(number="a1", refund_number="b1", fen=400, state="SUCCESS", at=None):
    """A refund's values, in the order of the columns."""
    head = f"{at or '2026-11-22 11:00:00'}|wx1|1900000001|0||42001|{number}|o1|JSAPI|REFUND"
    middle = f"OTHERS|CNY|0.00|0.00|5001|{refund_number}|{yuan(fen)}|0.00|ORIGINAL|{state}"
    tail = f"联惠充值||-{yuan(2, 5)}|0.60%|0.00|{yuan(fen)}|"
    return [*head.split("|"), *middle.split("|"), *tail.split("|")]


def movement(voucher="a1", fen=1000, balance=1000, remark="", flow="f1", at=None):
    """A movement's values, in the order of the columns."""
    head = [at or "2026-11-22 10:00:00", "42001", flow, "交易", "交易"]
    direction = "收入" if fen > 0 else "支出"
    return [*head, direction, yuan(abs(fen)), yuan(balance), "system", remark, voucher]


def trade_bill(rows, end="\r\n", mark="\ufeff") -> str:
    """A whole bill of type ALL."""
    sums = [sum((Decimal(row[place]) for row in rows), Decimal(0)) for place in (12, 16, 17)]
    fees = sum((Decimal(row[22]) for row in rows), Decimal(0))
    rest = [sum((Decimal(row[place]) for row in rows), Decimal(0)) for place in (24, 25)]
    amounts = [f"{value:.2f}" for value in sums]
    totals = [str(len(rows)), *amounts, f"{fees:.5f}", *(f"{value:.2f}" for value in rest)]
    return _text(TRADE, rows, TRADE_TOTALS, totals, end, mark)


def fund_bill(rows, end="\r\n", mark="\ufeff") -> str:
    """A whole fund-flow bill."""
    into = [Decimal(row[6]) for row in rows if row[5] == "收入"]
    out = [Decimal(row[6]) for row in rows if row[5] == "支出"]
    totals = [str(len(rows)), str(len(into)), f"{sum(into, Decimal(0)):.2f}"]
    totals += [str(len(out)), f"{sum(out, Decimal(0)):.2f}"]
    return _text(FUND, rows, FUND_TOTALS, totals, end, mark)


def _text(columns, rows, names, totals, end, mark) -> str:
    lines = [columns, *(",".join(f"`{value}" for value in row) for row in rows)]
    return mark + end.join([*lines, names, ",".join(f"`{value}" for value in totals)]) + end
