"""Which lists can be taken along as files: their address in the API, and their columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title (Chinese), the field, and how it is written: text, fen, count, moment,
    or the kind of a code."""

    title: str
    name: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the API that is read page by page: `onwards` makes the next page's query of the
    last row. `filters` may be chosen in the address."""

    path: str
    key: str
    limit: int | None
    onwards: Callable[[Row], Query]
    columns: tuple[Column, ...]
    roles: tuple[str, ...]
    filters: tuple[str, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()


def _by(name: str, field: str = "id") -> Callable[[Row], Query]:
    return lambda row: {name: row[field]}


MOMENT = Column("时间", "created_at", "moment")
LISTINGS = {
    "withdrawals": Listing(
        "/withdrawals",
        "withdrawals",
        100,
        _by("after"),
        (
            Column("申请时间", "created_at", "moment"),
            Column("编号", "id"),
            Column("申请人", "owner_kind", "owner"),
            Column("所有人", "owner_name"),
            Column("所有人编号", "owner_id"),
            Column("状态", "status", "withdrawal"),
            Column("金额", "amount_fen", "fen"),
            Column("手续费", "fee_fen", "fen"),
            Column("代扣税", "tax_fen", "fen"),
            Column("实付", "transfer_fen", "fen"),
            Column("渠道", "channel", "channel"),
            Column("商户单号", "bill_number"),
            Column("说明", "last_error"),
        ),
        ("finance", "reviewer"),
        ("status",),
    ),
    "refunds": Listing(
        "/refunds",
        "refunds",
        200,
        _by("cursor"),
        (
            Column("申请时间", "created_at", "moment"),
            Column("编号", "id"),
            Column("商家", "merchant_name"),
            Column("消费", "payment_id"),
            Column("金额", "amount_fen", "fen"),
            Column("状态", "status", "refund"),
            Column("原因", "reason"),
            Column("完成时间", "done_at", "moment"),
        ),
        ("operator", "finance", "support"),
        ("status",),
    ),
    "settlements": Listing(
        "/settlements",
        "settlements",
        None,
        _by("before"),
        (
            MOMENT,
            Column("单号", "reference"),
            Column("商家", "merchant_name"),
            Column("商家编号", "merchant_id"),
            Column("收款", "sale_count", "count"),
            Column("退款", "refund_count", "count"),
            Column("待结货款", "pending_fen", "fen"),
            Column("体验金货款", "experience_fen", "fen"),
            Column("服务费", "service_fee_fen", "fen"),
            Column("渠道费", "channel_fee_fen", "fen"),
            Column("结算金额", "total_fen", "fen"),
        ),
        ("operator", "finance", "support"),
        ("merchant_id",),
        (("is_newest_first", "true"),),
    ),
    "taxes": Listing(
        "/tax-records",
        "records",
        500,
        _by("after", "withdrawal_id"),
        (
            MOMENT,
            Column("月份", "month"),
            Column("会员", "member_id"),
            Column("提现", "withdrawal_id"),
            Column("税目", "kind", "tax"),
            Column("应税金额", "taxable_fen", "fen"),
            Column("税额", "tax_fen", "fen"),
            Column("已退回", "reversed_at", "moment"),
            Column("原因", "reason"),
        ),
        ("finance",),
        ("year", "month"),
    ),
    "members": Listing(
        "/members",
        "members",
        200,
        lambda row: {"before": row["joined_at"], "before_id": row["member_id"]},
        (
            Column("加入时间", "joined_at", "moment"),
            Column("会员编号", "member_id"),
            Column("公众号", "state", "member"),
            Column("加入方式", "joined_by", "joined_by"),
            Column("已并入", "merged_into"),
        ),
        ("operator", "support", "finance"),
    ),
}
