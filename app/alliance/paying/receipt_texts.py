"""How a receipt reads, in Chinese and English. Pure; amounts in fen, moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.units import money
from app.core.world import BEIJING

HEADS = {
    "payer": ("付款凭证", "Receipt"),
    "merchant": ("收款凭证", "Takings"),
    "platform": ("交易明细", "Transaction"),
    "earner": ("返利凭证", "Rebate"),
}
TITLES = {
    "list": ("原价", "List price"),
    "discount": ("会员价优惠", "Saved by the member price"),
    "prepaid": ("储值支付", "From prepaid money"),
    "bonus": ("储值赠送支付", "From prepaid bonus"),
    "experience": ("体验金支付", "From experience gold"),
    "rebate": ("返利支付", "From rebate"),
    "wechat": ("微信支付", "By WeChat Pay"),
    "settled": ("商家结算款支付", "From settled money"),
    "gift": ("活动奖品", "Paid by a campaign"),
    "refunded": ("已退款", "Refunded"),
    "merchant_share": ("商家应得", "The store's share"),
    "merchant_experience": ("其中体验金", "of which experience gold"),
    "concession": ("让利", "Conceded to the alliance"),
    "share_consumer": ("消费返利", "Rebate"),
    "share_recommender": ("推荐返利", "For recommending the customer"),
    "share_merchant_recommender": ("推荐商家返利", "For recommending the store"),
    "share_home_store": ("归属门店返利", "For the customer's home store"),
    "share_salesperson": ("业务员返利", "For the salesperson"),
    "share_promoter": ("推广返利", "For the promoter"),
    "share_operations": ("平台运营", "Operations"),
    "share_campaign_fund": ("活动基金", "Campaign fund"),
    "share_charity": ("公益基金", "Charity"),
    "share_queue_pool": ("排队补贴池", "Queue pool"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One amount. A share can be withdrawn from `release_at` on, once it is released."""

    kind: str
    amount_fen: int
    release_at: datetime | None = None
    is_released: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one reader may see; store and amount are none of an earner's business."""

    payment_id: UUID
    reader: str
    status: str
    paid_at: datetime | None
    store_name: str | None
    description: str | None
    amount_fen: int | None
    is_settled: bool
    lines: tuple[Line, ...]


def written(receipt: Receipt) -> dict[str, Any]:
    """The receipt as fields and as two texts."""
    return {
        "payment_id": receipt.payment_id,
        "reader": receipt.reader,
        "status": receipt.status,
        "paid_at": receipt.paid_at,
        "store_name": receipt.store_name,
        "description": receipt.description,
        "amount_fen": receipt.amount_fen,
        "lines": [_fields(line) for line in receipt.lines],
        "text": _text(receipt, 0),
        "text_en": _text(receipt, 1),
    }


def _fields(line: Line) -> dict[str, Any]:
    title, title_en = TITLES[line.kind]
    return {
        "kind": line.kind,
        "title": title,
        "title_en": title_en,
        "amount_fen": line.amount_fen,
        "release_at": line.release_at,
        "is_released": line.is_released,
    }


def _text(receipt: Receipt, language: int) -> str:
    rows = [f"联惠 · {HEADS[receipt.reader][0]}" if not language else HEADS[receipt.reader][1]]
    rows += [part for part in (receipt.store_name, receipt.description) if part]
    if receipt.amount_fen is not None:
        rows.append(money(receipt.amount_fen))
    if receipt.paid_at is not None:
        rows.append(f"{receipt.paid_at.astimezone(BEIJING):%Y-%m-%d %H:%M}")
    rows += [_row(line, language) for line in receipt.lines]
    if receipt.reader == "payer" and not receipt.is_settled:
        rows.append(("返利将在结算后显示", "Rebate shows once it is settled")[language])
    return "\n".join(rows)


def _row(line: Line, language: int) -> str:
    row = f"{TITLES[line.kind][language]} {money(line.amount_fen)}"
    if line.release_at is None or line.is_released:
        return row
    day = f"{line.release_at.astimezone(BEIJING):%Y-%m-%d}"
    return f"{row}({day}到账)" if not language else f"{row} (available on {day})"
