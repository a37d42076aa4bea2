"""What WeChat Pay accepts, field by field; the unknown is refused (WeChat facts D5, D8, D9)."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.pay.errors import PayError, wrong_parameter

Fen = Annotated[int, Field(ge=1)]
Trade = Annotated[str, Field(pattern=r"^[0-9A-Za-z_\-*|]{6,32}$")]
RefundNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$")]
BillNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,32}$")]
Address = Annotated[str, Field(pattern=r"^https?://[^?\s]+$", max_length=256)]
Identity = Annotated[str, Field(min_length=1, max_length=128)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Amount(Strict):
    total: Fen
    currency: Literal["CNY"] = "CNY"


class Payer(Strict):
    openid: Identity


class GoodsDetail(Strict):
    merchant_goods_id: Annotated[str, Field(min_length=1, max_length=32)]
    wechatpay_goods_id: Annotated[str, Field(max_length=32)] = ""
    goods_name: Annotated[str, Field(max_length=256)] = ""
    quantity: Fen
    unit_price: Annotated[int, Field(ge=0)]


class Detail(Strict):
    cost_price: Annotated[int, Field(ge=0)] = 0
    invoice_id: Annotated[str, Field(max_length=32)] = ""
    goods_detail: list[GoodsDetail] = []


class StoreInfo(Strict):
    id: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(max_length=256)] = ""
    area_code: Annotated[str, Field(max_length=32)] = ""
    address: Annotated[str, Field(max_length=512)] = ""


class SceneInfo(Strict):
    payer_client_ip: Annotated[str, Field(min_length=1, max_length=45)]
    device_id: Annotated[str, Field(max_length=32)] = ""
    store_info: StoreInfo | None = None


class SettleInfo(Strict):
    profit_sharing: bool = False


class H5Info(Strict):
    type: Annotated[str, Field(min_length=1, max_length=32)]
    app_name: Annotated[str, Field(max_length=64)] = ""
    app_url: Annotated[str, Field(max_length=128)] = ""
    bundle_id: Annotated[str, Field(max_length=128)] = ""
    package_name: Annotated[str, Field(max_length=128)] = ""


class H5Scene(SceneInfo):
    h5_info: H5Info


class CodePayer(Strict):
    auth_code: Annotated[str, Field(pattern=r"^1[0-5]\d{16}$")]


class CodeStore(Strict):
    id: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    out_id: Annotated[str, Field(min_length=1, max_length=32)] | None = None

    @model_validator(mode="after")
    def has_one(self) -> Self:
        if (self.id is None) == (self.out_id is None):
            raise ValueError("one of id and out_id is needed")
        return self


class CodeScene(Strict):
    device_id: Annotated[str, Field(max_length=32)] = ""
    device_ip: Annotated[str, Field(max_length=45)] = ""
    store_info: CodeStore


class Purchase(Strict):
    """The part all trade types share."""

    appid: Identity
    mchid: Identity
    description: Annotated[str, Field(min_length=1, max_length=127)]
    out_trade_no: Trade
    time_expire: str | None = None
    attach: Annotated[str, Field(max_length=128)] | None = None
    goods_tag: Annotated[str, Field(max_length=32)] | None = None
    support_fapiao: bool | None = None
    amount: Amount
    detail: Detail | None = None
    settle_info: SettleInfo | None = None


class Prepay(Purchase):
    """What is paid later, and told to `notify_url`."""

    notify_url: Address
    scene_info: SceneInfo | None = None
    limit_pay: list[str] | None = None


class JsapiPrepay(Prepay):
    payer: Payer


class H5Prepay(Prepay):
    scene_info: H5Scene


class CodePayment(Purchase):
    payer: CodePayer
    scene_info: CodeScene


class Reversal(Strict):
    appid: Identity
    mchid: Identity


class Close(Strict):
    mchid: Identity


class RefundFrom(Strict):
    account: Literal["AVAILABLE", "UNAVAILABLE"]
    amount: Fen


class RefundGoods(Strict):
    merchant_goods_id: Annotated[str, Field(min_length=1, max_length=32)]
    wechatpay_goods_id: Annotated[str, Field(max_length=32)] = ""
    goods_name: Annotated[str, Field(max_length=256)] = ""
    unit_price: Fen
    refund_amount: Fen
    refund_quantity: Fen


class RefundAmount(Strict):
    refund: Fen
    total: Fen
    currency: Literal["CNY"]
    from_: list[RefundFrom] | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def adds_up(self) -> Self:
        if self.from_ and sum(part.amount for part in self.from_) != self.refund:
            raise ValueError("the parts of `from` have to add up to refund")
        return self


class RefundRequest(Strict):
    transaction_id: Identity | None = None
    out_trade_no: Trade | None = None
    out_refund_no: RefundNumber
    reason: Annotated[str, Field(max_length=80)] | None = None
    notify_url: Address | None = None
    funds_account: Literal["AVAILABLE"] | None = None
    amount: RefundAmount
    goods_detail: list[RefundGoods] | None = None


class AbnormalRefund(Strict):
    out_refund_no: RefundNumber
    type: Literal["USER_BANK_CARD", "MERCHANT_BANK_CARD"]
    bank_type: Annotated[str, Field(max_length=16)] | None = None
    bank_account: Annotated[str, Field(max_length=1024)] | None = None
    real_name: Annotated[str, Field(max_length=1024)] | None = None


class Echo(Strict):
    echo_message: Annotated[str, Field(min_length=1, max_length=1024)]
    encrypted_echo_message: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    notify_url: Address | None = None


M = TypeVar("M", bound=Strict)


def read(model: type[M], body: bytes) -> M:
    """The request. Raises PayError 400 PARAM_ERROR for what is unknown, null, missing or wrong."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise PayError(400, "PARAM_ERROR", "请求体不是合法的JSON") from error
    if not isinstance(found, dict):
        raise PayError(400, "PARAM_ERROR", "请求体不是JSON对象")
    empty = _null_in(found, "")
    if empty:
        raise wrong_parameter(empty, "null is not allowed: leave the field out")
    return check(model, found)


def read_nothing(body: bytes) -> None:
    """Raises PayError 400 PARAM_ERROR for a body where the path says everything."""
    if body.strip() not in (b"", b"{}"):
        raise wrong_parameter("/", "no body is expected")


def check(model: type[M], found: dict[str, Any]) -> M:
    """The fields as a request. Raises PayError 400 PARAM_ERROR."""
    try:
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        field = "/" + "/".join(str(part) for part in first["loc"])
        value = "" if first["type"] == "missing" else _short(first.get("input"))
        raise wrong_parameter(field, first["msg"], value) from error


def _null_in(value: Any, path: str) -> str:
    """Path of the first null, or nothing."""
    if value is None:
        return path or "/"
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return next(filter(None, (_null_in(entry, f"{path}/{name}") for name, entry in pairs)), "")


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)[:64]
