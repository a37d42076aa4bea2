"""The daily bill of profit sharing, from the sharings and returns themselves (WeChat fact D10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox.clock import beijing_day
from sandbox.pay import bill_rows, bills
from sandbox.pay.bill_rows import Row
from sandbox.pay_records import Sharing, SharingReturn
from sandbox.world import World, world

COLUMNS = [
    "分账时间",
    "分账发起方",
    "分账方",
    "微信订单号",
    "微信分账/回退单号",
    "微信分账明细单号",
    "商户分账/回退单号",
    "订单金额",
    "分账接收方",
    "分账金额(元)",
    "业务类型",
    "处理状态",
    "分账描述",
    "备注",
]

blueprint = Blueprint("sharing_bill", __name__)


@blueprint.get("/v3/profitsharing/bills")
def bill() -> Response:
    """Parts given and taken back on a day; the address works like those of other bills."""
    here = world()
    wish = bills.asked("", ())
    day = wish["bill_date"]
    with here.state.change():
        bills.ready(here, day)
        rows = [
            _share_row(here, one, entry)
            for one in here.state.sharings.all()
            for entry in one.receivers
            if entry.get("finish_time", "")[:10] == day
        ]
        rows += [
            _return_row(here, one)
            for one in here.state.sharing_returns.all()
            if beijing_day(one.created_at) == day
        ]
        rows = bills.spoiled(here, rows, f"bill:profitsharing {day}")
        return bills.offer(here, bills.text(here, COLUMNS, rows, _summary), wish)


def _share_row(here: World, one: Sharing, entry: dict[str, Any]) -> Row:
    return _of_sharing(here, one) | {
        "分账时间": _moment(entry["finish_time"]),
        "微信分账/回退单号": one.sharing_id,
        "微信分账明细单号": entry["detail_id"],
        "商户分账/回退单号": one.id,
        "分账接收方": entry["account"],
        "分账金额(元)": entry["amount"],
        "业务类型": "分账",
        "处理状态": entry["result"],
        "分账描述": entry["description"],
        "备注": entry.get("fail_reason", ""),
    }


def _return_row(here: World, one: SharingReturn) -> Row:
    sharing = here.state.sharings.get(one.sharing_number)
    assert sharing is not None
    return _of_sharing(here, sharing) | {
        "分账时间": bill_rows.moment(one.created_at),
        "微信分账/回退单号": one.return_id,
        "微信分账明细单号": one.return_id,
        "商户分账/回退单号": one.id,
        "分账接收方": one.mchid,
        "分账金额(元)": one.amount_fen,
        "业务类型": "分账回退",
        "处理状态": one.result,
        "分账描述": str(one.request["description"]),
        "备注": one.fail_reason,
    }


def _of_sharing(here: World, one: Sharing) -> Row:
    order = here.state.orders.get(one.order_number)
    assert order is not None
    return {
        "分账发起方": here.accounts.mch_id,
        "分账方": here.accounts.mch_id,
        "微信订单号": one.transaction_id,
        "订单金额": order.total_fen,
    }


def _moment(text: str) -> str:
    return text[:19].replace("T", " ")


def _summary(rows: list[Row]) -> Row:
    shared = [row for row in rows if row["业务类型"] == "分账" and row["处理状态"] == "SUCCESS"]
    back = [row for row in rows if row["业务类型"] == "分账回退" and row["处理状态"] == "SUCCESS"]
    return {
        "总笔数": str(len(rows)),
        "分账总金额": sum(int(row["分账金额(元)"]) for row in shared),
        "分账回退总金额": sum(int(row["分账金额(元)"]) for row in back),
    }
