"""Shapes of requests and answers about paying in a store. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from app.alliance.payment_schemas import PaymentView
from app.core.schemas import LARGEST_FEN, Body, Fen, Moment, ShortText, View
from app.wallet.service import Purse

Pin = Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]
LoginCode = Annotated[str, Field(strict=True, min_length=1, max_length=128)]
TillTradeType = Annotated[
    Literal["JSAPI", "NATIVE", "CODE"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


class OfflineCodes(View):
    """How a phone makes codes by itself: `head`, then RFC 6238 over `seed` (base32)."""

    head: str
    seed: str
    algorithm: Literal["SHA256"] = "SHA256"
    digits: int
    step_seconds: int
    valid_until: Moment


class PaymentCodeView(View):
    """The code to show, as digits, barcode (Code 128) and QR code alike, until `expires_at`.
    `server_time` lets a phone whose clock is wrong make codes of the right minute."""

    code: str
    barcode: str
    qr_text: str
    expires_at: Moment
    server_time: Moment
    offline: OfflineCodes


class CodePaymentRequest(Body):
    """Take an amount by the code a member shows. If WeChat is to pay a part: on the member's phone
    (`JSAPI`), by scanning the `code_url` of the answer (`NATIVE`), or by the WeChat payment code
    that the till charges next (`CODE`)."""

    code: Annotated[str, Field(strict=True, min_length=1, max_length=64)]
    amount_fen: Fen
    store_id: UUID
    trade_type: TillTradeType = "JSAPI"


class WeChatCodeRequest(Body):
    """The digits that WeChat shows on the payer's phone."""

    auth_code: Annotated[str, Field(strict=True, pattern=r"^[0-9]{18}$")]


class ConfirmationRequest(Body):
    """The member's PIN. Where there is none: a fresh mini-program login code, or neither in a
    session that was opened within ten minutes."""

    pin: Pin | None = None
    login_code: LoginCode | None = None

    @model_validator(mode="after")
    def _not_both(self) -> ConfirmationRequest:
        if self.pin is not None and self.login_code is not None:
            raise ValueError("pin or login_code, not both")
        return self


class PinRequest(Body):
    """A new PIN, with the old one, or after a fresh login: a mini-program's login code, or neither
    in a session that was opened within ten minutes."""

    pin: Pin
    old_pin: Pin | None = None
    login_code: LoginCode | None = None

    @model_validator(mode="after")
    def _not_both(self) -> PinRequest:
        if self.old_pin is not None and self.login_code is not None:
            raise ValueError("old_pin or login_code, not both")
        return self


class PurseChoiceRequest(Body):
    """From which purses the payment code pays."""

    purses: Annotated[list[Purse], Field(min_length=1, max_length=4)]


class PaymentSettingsView(View):
    """How the member's payment code pays. Above `free_fen`, whatever takes the money, or
    `free_daily_fen` of the code on one Beijing day, the member confirms. A PIN confirms from
    `pin_usable_at` on."""

    purses: list[Purse]
    has_pin: bool
    pin_usable_at: Moment | None
    free_fen: int
    free_daily_fen: int


class OpenPaymentsView(View):
    """What waits for the member."""

    payments: list[PaymentView]


class AmountCodeRequest(Body):
    """A code for an amount: for one payment, or for any number; without `valid_minutes` until it
    is ended."""

    store_id: UUID
    amount_fen: Fen
    description: ShortText | None = None
    is_single: bool = True
    valid_minutes: Annotated[int, Field(strict=True, ge=1, le=366 * 24 * 60)] | None = None


class AmountCodeView(View):
    """An amount code as the store's staff see it. `token` goes wherever a scene token goes."""

    id: UUID
    token: str
    store_id: UUID
    amount_fen: int
    description: str | None
    is_single: bool
    status: Literal["open", "used", "over", "ended"]
    payment_id: UUID | None
    created_at: Moment
    expires_at: Moment | None


class AmountCodeQuery(Body):
    """Which store's codes, after which one."""

    store_id: UUID
    after: UUID | None = None


class AmountCodesView(View):
    """A page of amount codes."""

    codes: list[AmountCodeView]


class ScannedCodeView(View):
    """What paying by a code comes to; without `amount_fen` the payer types it."""

    store_id: UUID
    store_name: str
    amount_fen: int | None
    description: str | None
    expires_at: Moment | None


class PriceQuery(Body):
    """Where, and the list price in fen."""

    store_id: UUID
    amount_fen: Annotated[int, Field(ge=1, le=LARGEST_FEN)]


class PurseUseView(View):
    """A payment from these purses: what would be paid, what the member price takes off."""

    purses: list[Purse]
    amount_fen: int
    discount_fen: int
    parts: dict[str, int]


class PriceView(View):
    """What a list price comes to for the signed-in member. `top_up_fen` more prepaid money would
    save `top_up_saves_fen` more."""

    store_id: UUID
    list_fen: int
    member_discount_bp: int
    best: PurseUseView
    reason: Literal["member_price", "member_price_in_part", "top_up_first", "no_member_price"]
    reason_zh: str
    reason_en: str
    top_up_fen: int
    top_up_saves_fen: int
    choices: list[PurseUseView]


class ReceiptLine(View):
    """One amount of a receipt, with what it is called in Chinese and English."""

    kind: str
    title: str
    title_en: str
    amount_fen: int
    release_at: Moment | None
    is_released: bool


class ReceiptView(View):
    """A receipt as its reader may see it: `payer`, `merchant`, `platform`, or `earner` (then
    without store and amount). `text` and `text_en` say the same for people."""

    payment_id: UUID
    reader: Literal["payer", "merchant", "platform", "earner"]
    status: Literal["paid", "refunded"]
    paid_at: Moment | None
    store_name: str | None
    description: str | None
    amount_fen: int | None
    lines: list[ReceiptLine]
    text: str
    text_en: str
