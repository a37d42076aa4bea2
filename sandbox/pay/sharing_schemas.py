"""What profit sharing accepts, field by field (WeChat fact D10)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandbox.pay.schemas import Fen, Identity, Strict

SharingNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$")]
Words = Annotated[str, Field(min_length=1, max_length=80)]
ReceiverKind = Literal["MERCHANT_ID", "PERSONAL_OPENID"]
Relation = Literal[
    "SERVICE_PROVIDER",
    "STORE",
    "STAFF",
    "STORE_OWNER",
    "PARTNER",
    "HEADQUARTER",
    "BRAND",
    "DISTRIBUTOR",
    "USER",
    "SUPPLIER",
    "CUSTOM",
]


class NewReceiver(Strict):
    appid: Identity
    type: ReceiverKind
    account: Identity
    name: Annotated[str, Field(max_length=1024)] | None = None
    relation_type: Relation
    custom_relation: Annotated[str, Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        if self.type == "MERCHANT_ID" and not self.name:
            raise ValueError("a merchant needs its registered name")
        if (self.relation_type == "CUSTOM") != bool(self.custom_relation):
            raise ValueError("custom_relation belongs to CUSTOM")
        return self


class FormerReceiver(Strict):
    appid: Identity
    type: ReceiverKind
    account: Identity


class Share(Strict):
    type: ReceiverKind
    account: Identity
    name: Annotated[str, Field(max_length=1024)] | None = None
    amount: Fen
    description: Words


class Sharing(Strict):
    appid: Identity
    transaction_id: Identity
    out_order_no: SharingNumber
    receivers: Annotated[list[Share], Field(min_length=1, max_length=50)]
    unfreeze_unsplit: bool


class Unfreezing(Strict):
    transaction_id: Identity
    out_order_no: SharingNumber
    description: Words


class Return(Strict):
    order_id: Identity | None = None
    out_order_no: SharingNumber | None = None
    out_return_no: SharingNumber
    return_mchid: Identity
    amount: Fen
    description: Words

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.order_id is None) == (self.out_order_no is None):
            raise ValueError("one of order_id and out_order_no is needed")
        return self
