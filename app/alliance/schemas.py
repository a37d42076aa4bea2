"""Shapes of the room's requests and answers. Amounts in fen, rates in basis points."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.alliance.joining.shapes import FindingView, Licence
from app.core.doors import Device, Door
from app.core.schemas import BasisPoints, Body, Fen, FenOrZero, Moment, ShortText, View

LongText = Annotated[str, Field(strict=True, min_length=1, max_length=300)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=250, description="Working days in China")]
MemberDiscount = Annotated[
    int, Field(strict=True, ge=0, lt=10_000, description="Basis points below the list price")
]
Password = Annotated[str, Field(strict=True, min_length=10, max_length=200)]


class SessionRequest(Body):
    """A mini-program login code, and the scene the mini-program was opened with."""

    code: Annotated[str, Field(strict=True, min_length=1, max_length=128)]
    scene: Annotated[str, Field(strict=True, max_length=64)] | None = None


class SessionView(View):
    """A bearer token (shown once) and what joining came to."""

    token: str
    expires_at: Moment
    member_id: UUID
    is_new: bool
    home_store_id: UUID | None
    home_store_name: str | None
    experience_fen: int
    experience_reason: str | None


class MemberSession(View):
    """A session by its name, which opens nothing. `door` and `device` are null where it was not
    noted; `seen_on` is a Beijing day."""

    name: str
    door: Door | None
    device: Device | None
    opened_at: Moment
    seen_on: date
    expires_at: Moment
    is_current: bool


class MemberSessions(View):
    """Where a member is signed in: up to a hundred of `total`."""

    total: int
    sessions: list[MemberSession]


class RefundRequest(Body):
    """Refund a payment: `amount_fen` of it, or all that is left."""

    amount_fen: Fen | None = None
    reason: Annotated[str, Field(strict=True, min_length=1, max_length=80)] = "退款"


class RefundView(View):
    """A refund: `done`, or `waiting_funds` while the merchant's money does not suffice."""

    id: UUID
    payment_id: UUID
    status: Literal["waiting_funds", "done"]
    amount_fen: int
    reason: str
    journal_id: UUID | None
    created_at: str
    done_at: str | None
    request_id: str | None = None


class RecommenderBody(Body):
    """Who brought a merchant."""

    kind: Literal["member", "salesperson", "merchant"]
    id: UUID


class MerchantRequest(Body):
    """A new merchant, with who brought it; `licence_number` of its business licence (营业执照)."""

    name: ShortText
    licence_number: Licence | None = None
    salesperson_id: UUID | None = None
    recommender: RecommenderBody | None = None


class MerchantView(View):
    """A merchant."""

    id: UUID
    name: str
    licence_number: str | None
    salesperson_id: UUID | None
    recommender_kind: str | None
    recommender_id: UUID | None
    created_at: Moment


class CreatedMerchant(MerchantView):
    """A merchant that was just entered, with what else is stored under a name like its own."""

    findings: list[FindingView]


class ContractTermsRequest(Body):
    """The terms of a version of a contract. Days are business days, both included.

    The merchant pays `settlement_fee_bp` of what is settled and, if it bears the channel fee, what
    WeChat Pay keeps. Without cycles of its own those of the settings count. What members pay from
    prepaid money is `member_discount_bp` below the list price; WeChat and rebate pay all of it.
    """

    policy_id: UUID
    concession_bp: BasisPoints
    starts_on: date
    ends_on: date | None = None
    experience_cap_bp: BasisPoints | None = None
    is_bonus_included: bool = False
    payment_maximum_fen: Fen | None = None
    advance_bp: BasisPoints = 0
    advance_limit_fen: FenOrZero = 0
    advance_deposit_fen: FenOrZero = 0
    settlement_fee_bp: BasisPoints = 0
    is_channel_fee_borne: bool = False
    settlement_working_days: WorkingDays | None = None
    experience_working_days: WorkingDays | None = None
    member_discount_bp: MemberDiscount = 0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("a contract ends on or after the day it starts")
        return self


class ContractRequest(ContractTermsRequest):
    """The next version of a merchant's contract."""

    merchant_id: UUID


class ContractView(View):
    """An immutable version of a contract, and when it was ended before its time."""

    id: UUID
    merchant_id: UUID
    version: int
    policy_id: UUID
    concession_bp: int
    is_bonus_included: bool
    experience_cap_bp: int
    payment_maximum_fen: int | None
    advance_bp: int
    advance_limit_fen: int
    advance_deposit_fen: int
    settlement_fee_bp: int
    is_channel_fee_borne: bool
    settlement_working_days: int | None
    experience_working_days: int | None
    member_discount_bp: int
    starts_on: date
    ends_on: date | None
    ended_at: Moment | None
    created_at: Moment


class SalespersonRequest(Body):
    """A salesperson to authorise; `member_id` names the member they are, if they are one."""

    name: ShortText
    member_id: UUID | None = None


class SalespersonView(View):
    """An authorised salesperson."""

    id: UUID
    name: str
    member_id: UUID | None
    is_active: bool
    created_at: Moment


class CreatedSalesperson(SalespersonView):
    """A new salesperson and the scene token of their code."""

    scene: str


class StaffRequest(Body):
    """A new staff account. Roles of a merchant need `merchant_id`; a cashier also the stores."""

    username: ShortText
    password: Password
    roles: Annotated[list[str], Field(min_length=1, max_length=8)]
    merchant_id: UUID | None = None
    store_ids: Annotated[list[UUID], Field(max_length=100)] = []


class StaffView(View):
    """A new staff account. The second factor's secret is shown this once."""

    staff_id: UUID
    username: str
    roles: list[str]
    merchant_id: UUID | None
    store_ids: list[UUID]
    totp_secret: str
    is_waiting: bool


class PageQuery(Body):
    """Which page: the rows after an id."""

    after: UUID | None = None


class MerchantQuery(PageQuery):
    """Which merchants: one by its id, or those with a word in their names."""

    id: UUID | None = None
    name: ShortText | None = None


class MerchantPage(View):
    """A page of merchants."""

    merchants: list[MerchantView]


class ContractPage(View):
    """A page of contract versions."""

    contracts: list[ContractView]


class SalespersonQuery(PageQuery):
    """Which salespeople: all, or those with a word in their names."""

    name: ShortText | None = None


class SalespersonPage(View):
    """A page of salespeople."""

    salespeople: list[SalespersonView]
