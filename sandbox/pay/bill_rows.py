"""The lines of the daily bills, column by column, as WeChat Pay writes them (WeChat fact D12).

A value that is a number is an amount in fen; whole numbers become yuan only in the file.
"""

from __future__ import annotations

from datetime import datetime

from sandbox.clock import BEIJING, beijing_day
from sandbox.records import BookLine, Order, Refund
from sandbox.world import World

Row = dict[str, "str | int"]

ORDER = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
]
REFUND = ["微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态"]
GOODS = ["商品名称", "商户数据包", "手续费", "费率"]
TRADE_COLUMNS = {
    "ALL": [*ORDER, *REFUND, *GOODS, "订单金额", "申请退款金额", "费率备注"],
    "SUCCESS": [*ORDER, *GOODS, "订单金额", "费率备注"],
    "REFUND": [
        *ORDER,
        "退款申请时间",
        "退款成功时间",
        *REFUND,
        *GOODS,
        "订单金额",
        "申请退款金额",
        "费率备注",
    ],
}
FUND_COLUMNS = [
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务名称",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "资金变更提交申请人",
    "备注",
    "业务凭证号",
]
REFUND_WORDS = {"SUCCESS": "SUCCESS", "CLOSED": "FAIL", "ABNORMAL": "CHANGE"}
# What a movement is called: business, kind of business.
BUSINESS = {
    "payment": ("交易", "交易"),
    "fee": ("交易", "扣除交易手续费"),
    "refund": ("退款", "退款"),
    "fee_returned": ("退款", "退还交易手续费"),
    "refund_closed": ("退款", "退款失败退回"),
    "top_up": ("充值", "充值"),
    "sharing_frozen": ("分账", "分账冻结"),
    "sharing_unfrozen": ("分账", "分账解冻"),
    "sharing_returned": ("分账", "分账回退"),
    "transfer_locked": ("商家转账", "商家转账"),
    "transfer_fail": ("商家转账", "转账退回"),
    "transfer_cancelled": ("商家转账", "转账退回"),
}


def payment_row(here: World, order: Order) -> Row:
    """A payment of the day."""
    return _of_order(here, order) | {
        "交易时间": moment(order.paid_at),
        "交易状态": "SUCCESS",
        "应结订单金额": order.total_fen,
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": 0,
        "退款类型": "",
        "退款状态": "",
        "手续费": order.fee_fen,
        "订单金额": order.total_fen,
        "申请退款金额": 0,
    }


def refund_row(here: World, refund: Refund, ready_at: float) -> Row:
    """A refund asked for on the day, with its state when the bill was made."""
    order = here.state.orders.get(refund.order_id)
    assert order is not None
    ended = 0 < refund.finished_at <= ready_at
    state = REFUND_WORDS.get(refund.status, "PROCESSING") if ended else "PROCESSING"
    is_reversal = refund.request.get("reversal") is True
    return _of_order(here, order) | {
        "交易时间": moment(refund.created_at),
        "交易状态": "REVOKED" if is_reversal else "REFUND",
        "应结订单金额": 0,
        "退款申请时间": moment(refund.created_at),
        "退款成功时间": moment(refund.finished_at) if state == "SUCCESS" else "",
        "微信退款单号": refund.refund_id,
        "商户退款单号": refund.id,
        "退款金额": refund.refund_fen,
        "退款类型": "ORIGINAL",
        "退款状态": state,
        "手续费": -refund.fee_returned_fen,
        "订单金额": 0,
        "申请退款金额": refund.refund_fen,
    }


def trade_rows(here: World, day: str, kind: str, ready_at: float) -> list[Row]:
    """Lines of one day, newest first. kind: ALL, SUCCESS or REFUND."""
    rows: list[Row] = []
    if kind != "REFUND":
        rows += [payment_row(here, order) for order in here.state.orders.group(day)]
    if kind != "SUCCESS":
        rows += [refund_row(here, refund, ready_at) for refund in here.state.refunds.group(day)]
    return sorted(rows, key=lambda row: str(row["交易时间"]), reverse=True)


def fund_rows(here: World, day: str, account: str) -> list[Row]:
    """Movements of one account on one day, oldest first; those of nothing are left out."""
    lines = here.state.book_lines.group(f"{account} {day}")
    return [_fund_row(here, line) for line in lines if line.amount_fen]


def trade_summary(rows: list[Row]) -> Row:
    """The last line of a trade bill."""
    return {
        "总交易单数": str(len(rows)),
        "应结订单总金额": _sum(rows, "应结订单金额"),
        "退款总金额": _sum(rows, "退款金额"),
        "充值券退款总金额": 0,
        "手续费总金额": _sum(rows, "手续费"),
        "订单总金额": _sum(rows, "订单金额"),
        "申请退款总金额": _sum(rows, "申请退款金额"),
    }


def fund_summary(rows: list[Row]) -> Row:
    """The last line of a fund-flow bill."""
    into = [row for row in rows if row["收支类型"] == "收入"]
    out = [row for row in rows if row["收支类型"] == "支出"]
    return {
        "资金流水总笔数": str(len(rows)),
        "收入笔数": str(len(into)),
        "收入金额": _sum(into, "收支金额(元)"),
        "支出笔数": str(len(out)),
        "支出金额": _sum(out, "收支金额(元)"),
    }


def _of_order(here: World, order: Order) -> Row:
    device = (order.request.get("scene_info") or {}).get("device_id", "")
    return {
        "公众账号ID": order.app_id,
        "商户号": here.accounts.mch_id,
        "特约商户号": "0",
        "设备号": device,
        "微信订单号": order.transaction_id,
        "商户订单号": order.id,
        "用户标识": order.openid,
        "交易类型": order.trade_type,
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "代金券金额": order.coupon_fen,
        "充值券退款金额": 0,
        "商品名称": order.request.get("description", ""),
        "商户数据包": order.request.get("attach", ""),
        "费率": "0.60%",
        "费率备注": "",
    }


def _fund_row(here: World, line: BookLine) -> Row:
    name, kind = BUSINESS.get(line.kind, ("其他", line.kind))
    number, flow = _numbers(here, line)
    return {
        "记账时间": moment(line.at),
        "微信支付业务单号": number,
        "资金流水单号": flow,
        "业务名称": name,
        "业务类型": kind,
        "收支类型": "收入" if line.amount_fen > 0 else "支出",
        "收支金额(元)": abs(line.amount_fen),
        "账户结余(元)": line.balance_fen,
        "资金变更提交申请人": "system" if line.kind in ("payment", "fee") else _asker(here),
        "备注": "",
        "业务凭证号": line.reference,
    }


def _numbers(here: World, line: BookLine) -> tuple[str, str]:
    """WeChat's number of the business and of the movement."""
    day = beijing_day(line.at).replace("-", "")
    flow = f"{here.accounts.mch_id}{day}{int(line.id.rpartition('_')[2], 16) % 10**18:018d}"
    return _business_number(here, line) or line.reference or flow, flow


def _business_number(here: World, line: BookLine) -> str:
    """The kind of movement says whose number its reference is."""
    state, reference = here.state, line.reference
    if line.kind.startswith("transfer"):
        bill = state.transfers.get(reference)
        return bill.transfer_bill_no if bill else ""
    if line.kind == "sharing_returned":
        back = state.sharing_returns.get(reference)
        return back.return_id if back else ""
    refund = state.refunds.get(reference)
    if refund is not None and line.kind != "payment":
        return refund.refund_id
    sharing = state.sharings.get(reference)
    if sharing is not None and line.kind == "sharing_unfrozen":
        return sharing.sharing_id
    order = state.orders.get(reference)
    return order.transaction_id if order else ""


def _asker(here: World) -> str:
    return f"{here.accounts.mch_id}API"


def _sum(rows: list[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def moment(seconds: float) -> str:
    """Beijing time as bills write it."""
    return datetime.fromtimestamp(seconds, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
