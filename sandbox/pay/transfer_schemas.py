"""What the transfer product accepts, field by field (WeChat fact D9)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandbox.pay.schemas import Address, BillNumber, Fen, Identity, Strict

Scene = Annotated[str, Field(pattern=r"^\d{4,5}$")]
DisplayName = Annotated[str, Field(min_length=1, max_length=32)]


class ReportInfo(Strict):
    info_type: Annotated[str, Field(min_length=1, max_length=15)]
    info_content: Annotated[str, Field(min_length=1, max_length=32)]


class ReceiveStyle(Strict):
    type: Literal["CONFIRM_PAGE", "RED_PACKET"]


class AnyTransfer(Strict):
    """The part all transfers share."""

    appid: Identity
    out_bill_no: BillNumber
    transfer_scene_id: Scene
    user_name: str | None = None
    transfer_amount: Fen
    transfer_remark: Annotated[str, Field(min_length=1, max_length=32)]
    notify_url: Address | None = None
    user_recv_perception: Annotated[str, Field(max_length=32)] | None = None
    transfer_scene_report_infos: list[ReportInfo]


class Transfer(AnyTransfer):
    """To be confirmed by its receiver."""

    openid: Identity
    user_recv_style: ReceiveStyle | None = None


class AuthorizationInfo(Strict):
    user_display_name: DisplayName
    out_authorization_no: BillNumber
    authorization_notify_url: Address


class TransferWithRequest(AnyTransfer):
    """To be confirmed, together with leave to pay without confirmation from then on."""

    openid: Identity
    authorization_info: AuthorizationInfo


class AuthorizedTransfer(AnyTransfer):
    """Paid without confirmation, by leave given before."""

    authorization_id: Identity | None = None
    out_authorization_no: BillNumber | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.authorization_id is None) == (self.out_authorization_no is None):
            raise ValueError("one of authorization_id and out_authorization_no is needed")
        return self


class SceneInfo(Strict):
    client_ip: Annotated[str, Field(max_length=45)] = ""
    device_id: Annotated[str, Field(max_length=64)] = ""


class Authorization(Strict):
    out_authorization_no: BillNumber
    appid: Identity
    openid: Identity
    transfer_scene_id: Scene
    user_display_name: DisplayName
    authorization_notify_url: Address
    user_recv_perception: Annotated[str, Field(max_length=32)] | None = None
    scene_info: SceneInfo | None = None


class ReceiptByNumber(Strict):
    out_bill_no: BillNumber


class ReceiptByBill(Strict):
    transfer_bill_no: Identity
