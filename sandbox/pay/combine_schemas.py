"""What combined payment accepts; its amounts are called `total_amount` (WeChat fact D11)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandbox.pay.schemas import (
    Address,
    Detail,
    Fen,
    H5Scene,
    Identity,
    Payer,
    SceneInfo,
    SettleInfo,
    Strict,
    Trade,
)


class SubAmount(Strict):
    total_amount: Fen
    currency: Literal["CNY"]


class SubOrder(Strict):
    mchid: Identity
    attach: Annotated[str, Field(min_length=1, max_length=128)]
    amount: SubAmount
    out_trade_no: Trade
    description: Annotated[str, Field(min_length=1, max_length=127)]
    goods_tag: Annotated[str, Field(max_length=32)] | None = None
    detail: Detail | None = None
    settle_info: SettleInfo | None = None


class Combined(Strict):
    combine_appid: Identity
    combine_mchid: Identity
    combine_out_trade_no: Trade
    sub_orders: Annotated[list[SubOrder], Field(min_length=2, max_length=10)]
    scene_info: SceneInfo | None = None
    time_start: str | None = None
    time_expire: str | None = None
    notify_url: Address

    @model_validator(mode="after")
    def has_distinct_numbers(self) -> Self:
        numbers = [self.combine_out_trade_no, *(sub.out_trade_no for sub in self.sub_orders)]
        if len(set(numbers)) != len(numbers):
            raise ValueError("every number may occur once")
        return self


class CombinedJsapi(Combined):
    combine_payer_info: Payer


class CombinedH5(Combined):
    scene_info: H5Scene


class SubClose(Strict):
    mchid: Identity
    out_trade_no: Trade


class CombinedClose(Strict):
    combine_appid: Identity
    sub_orders: Annotated[list[SubClose], Field(min_length=2, max_length=10)]
