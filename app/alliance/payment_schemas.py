"""Shapes of payments and top-ups. Amounts in fen."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from app.core.config import settings
from app.core.schemas import Body, Fen, View
from app.wallet.service import Purse

TradeType = Annotated[
    Literal["JSAPI", "NATIVE", "H5"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
OwnPath = Annotated[
    str,  # no second slash at its beginning: that would be another host
    Field(max_length=200, pattern=r"^/(?:[A-Za-z0-9._~%?=&:@+,-][A-Za-z0-9/._~%?=&:@+,-]*)?$"),
]
PayingApp = Literal["mini_program", "official_account"]
PaymentTradeType = Annotated[
    Literal["JSAPI", "NATIVE", "H5", "CODE"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


def paying_app(app: PayingApp) -> str | None:
    """The app id where JSAPI pays, as `wallet.new_order` takes it."""
    return settings().wechat_oa_app_id if app == "official_account" else None


class PaymentRequest(Body):
    """Pay at a store: `store_id` and `amount_fen` (the list price), or the scanned `code` of a
    store (with `amount_fen`) or of an amount. What prepaid money pays is charged at the member
    price of the store's contract. Experience gold goes first, soonest expiry first, then prepaid
    money, principal before bonus, oldest lot first, then rebate, then WeChat. Without `purses`:
    all of these but WeChat. `return_to` is the path of ours that WeChat's page of an H5 payment
    leads back to. `CODE`: the till charges the payer's WeChat payment code. `app`: where JSAPI
    pays; a page inside WeChat belongs to the official account."""

    store_id: UUID | None = None
    amount_fen: Fen | None = None
    code: Annotated[str, Field(strict=True, min_length=1, max_length=64)] | None = None
    purses: Annotated[tuple[Purse, ...], Field(min_length=1, max_length=4)] = (
        Purse.EXPERIENCE,
        Purse.PREPAID,
        Purse.REBATE,
    )
    trade_type: PaymentTradeType = "JSAPI"
    return_to: OwnPath | None = None
    app: PayingApp = "mini_program"

    @model_validator(mode="after")
    def _complete(self) -> PaymentRequest:
        if self.code is None and (self.store_id is None or self.amount_fen is None):
            raise ValueError("store_id and amount_fen are needed without a code")
        return self


class PaymentView(View):
    """A payment as its payer and the merchant's staff see it. `amount_fen` is what is paid, the sum
    of `parts`; `list_fen` what was asked for, `discount_fen` what the member price of prepaid
    money saves of it. While `confirming` it is no sale yet: nothing is held, `parts` are empty,
    `merchant_share_fen` is null and the discount is not known."""

    id: UUID
    status: Literal[
        "confirming", "declined", "awaiting", "paid", "cancelled", "expired", "refunded"
    ]
    store_id: UUID
    amount_fen: int
    list_fen: int
    discount_fen: int
    refunded_fen: int
    parts: dict[str, int]
    merchant_share_fen: int | None
    journal_id: UUID | None
    created_at: str
    paid_at: str | None
    distributed_at: str | None
    wechat_pay_parameters: dict[str, Any] | None
    order_id: UUID | None = None
    expires_at: str | None = None
    request_id: str | None = None


class TopUpRequest(Body):
    """Top up at the home store; the first store topped up at becomes it, if there is none.

    `app`: where JSAPI pays; a page inside WeChat belongs to the official account.
    """

    amount_fen: Fen
    store_id: UUID
    trade_type: TradeType = "JSAPI"
    return_to: OwnPath | None = None
    plan_id: UUID | None = None
    app: PayingApp = "mini_program"


class AcceptedTopUp(View):
    """A top-up that waits for its WeChat payment."""

    id: UUID
    order_id: UUID
    store_id: UUID
    amount_fen: int
    status: str
    journal_id: UUID | None
    created_at: str
    expires_at: str
    plan_id: UUID | None
    bonus_fen: int
    bonus_status: str | None
    wechat_pay_parameters: dict[str, Any] | None
    request_id: str
