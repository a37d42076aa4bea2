"""Shapes of the wallet's requests and answers. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Fen, Moment, ShortText, View
from app.wallet.withdrawals.channels.channel import ChannelName
from app.wallet.withdrawals.payees import OwnerKind, Source
from app.wallet.withdrawals.review import Conclusion
from app.wallet.withdrawals.rules import WithdrawalState

Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{1,18}(-[0-9]{1,3}\.[0-9]{1,18})*$")]
PageSize = Annotated[int, Field(ge=1, le=100)]


class PurseView(View):
    """A purse as the ledger has it; `ledger_version` counts its entries."""

    balance_fen: int
    ledger_version: int
    title: str
    title_en: str


class LotView(View):
    """A part of a purse: prepaid money by issuing store, experience gold by its end."""

    lot_id: UUID
    purse: str
    balance_fen: int
    store_id: UUID | None
    expires_at: Moment | None
    sale_cap_bp: int | None


class WalletView(View):
    """All purses of a member, and their lots."""

    purses: dict[str, PurseView]
    lots: list[LotView]
    withdrawable_fen: int
    withdrawal_minimum_fen: int


class StatementQuery(Body):
    """Which page of the statement."""

    cursor: Cursor | None = None
    limit: PageSize = 20


class LineView(View):
    """One movement of one purse, and the purse's balance after it. Why it is that much:
    `GET /api/v1/entries/{entry_id}/explanation`."""

    entry_id: str
    journal_id: UUID
    kind: str
    title: str
    title_en: str
    purse: str
    purse_title: str
    purse_title_en: str
    amount_fen: int
    balance_fen: int
    ledger_version: int
    reference_id: UUID
    at: Moment


class StatementView(View):
    """A page, newest first; `next_cursor` is null on the last one."""

    lines: list[LineView]
    next_cursor: str | None


class WithdrawalRequest(Body):
    """How much to withdraw, from which account, and of whom: the signed-in member (null), or a
    merchant or salesperson they may ask for. `receiver_id`: which contact of the merchant gets it,
    where a staff account asks. `channel`: how it is paid, where the quote offers more than one.
    `app`: where the receiver confirms; a page inside WeChat belongs to the official account."""

    amount_fen: Fen
    source: Source = Source.REBATE
    owner_id: UUID | None = None
    receiver_id: UUID | None = None
    channel: ChannelName | None = None
    app: Literal["mini_program", "official_account"] = "mini_program"


class Confirmation(View):
    """What `wx.requestMerchantTransfer` is called with."""

    mchId: str  # noqa: N815  # WeChat's own names
    appId: str  # noqa: N815
    package: str
    openId: str  # noqa: N815


class WithdrawalView(View):
    """A withdrawal. `transfer_fen` is what its receiver gets after fee and tax; `confirmation` is
    there while they have to confirm it in WeChat."""

    id: UUID
    owner_id: UUID
    owner_kind: OwnerKind
    source: str
    channel: str
    amount_fen: int
    fee_fen: int
    tax_fen: int
    transfer_fen: int
    status: WithdrawalState
    is_asked_back: bool
    journal_id: UUID
    end_journal_id: UUID | None
    reason: str | None
    created_at: Moment
    finished_at: Moment | None
    confirmation: Confirmation | None = None


class AcceptedWithdrawal(WithdrawalView):
    """A withdrawal, in the answer to the request that moved it."""

    request_id: UUID


class MyWithdrawalsQuery(Body):
    """Which page of whose withdrawals; without an owner the signed-in member's."""

    owner_id: UUID | None = None
    before: UUID | None = None
    limit: PageSize = 20


class WithdrawalsView(View):
    """A page of withdrawals."""

    withdrawals: list[WithdrawalView]


class QueueQuery(Body):
    """Which unfinished withdrawals, after which one."""

    status: Literal["reviewing", "approved", "sending", "waiting_confirmation", "manual"] = (
        "reviewing"
    )
    after: UUID | None = None
    limit: PageSize = 50


class BeforeQuery(Body):
    """Which page, newest first: those before one."""

    before: UUID | None = None
    limit: PageSize = 50


class RiskView(View):
    """Why a withdrawal was given to reviewers: the rule, and the figures it looked at."""

    rule: str
    title: str
    title_en: str
    figures: dict[str, str | int]


class QueuedWithdrawal(WithdrawalView):
    """A withdrawal as staff see it. `owner_name`: of a merchant; people are told by their ids."""

    owner_name: str | None
    member_id: UUID | None
    bill_number: str
    last_error: str | None
    contradictions: int
    risks: list[RiskView]
    approvals_needed: int
    sent_at: Moment | None


class QueueView(View):
    """A page of unfinished withdrawals, oldest first."""

    withdrawals: list[QueuedWithdrawal]


class StepView(View):
    """One step of a withdrawal: what was done or told, by whom, and where it led."""

    step: str
    status: WithdrawalState
    principal_id: UUID
    note: str | None
    at: Moment


class WithdrawalHistory(QueuedWithdrawal):
    """A withdrawal as staff see it, with everything that has happened to it, in order."""

    steps: list[StepView]


class ConclusionRequest(Body):
    """How a bill ended, and how one knows: a receipt's number, what WeChat's staff said."""

    outcome: Conclusion
    evidence: ShortText


class Rejection(Body):
    """Why; the member is told."""

    reason: ShortText


class FundView(View):
    """One account of the platform; money held outside is negative."""

    title: str
    title_en: str
    balance_fen: int
    ledger_version: int


class FundsView(View):
    """All accounts of the platform."""

    accounts: dict[str, FundView]


class SuspenseItemView(View):
    """An amount that waits for people; `number` is the order's number at WeChat."""

    id: UUID
    number: str
    transaction_id: str
    amount_fen: int
    reason: str
    journal_id: UUID
    created_at: Moment


class SuspenseView(View):
    """The oldest amounts in suspense."""

    items: list[SuspenseItemView]


class ShippingQuery(Body):
    """Which shippings: `due`, `reported`, `not_needed` or `refused`."""

    status: Literal["due", "reported", "not_needed", "refused"] = "refused"
    limit: PageSize = 50


class ShippingView(View):
    """An order paid in the mini-program: what WeChat was told of its shipping and told of its
    money. `error_code` and `error_message` are WeChat's, or `payer_left`."""

    order_id: UUID
    status: str
    error_code: str | None
    error_message: str | None
    attempts: int
    created_at: Moment
    reported_at: Moment | None
    estimated_at: Moment | None
    received_at: Moment | None
    settled_at: Moment | None


class ShippingsView(View):
    """The oldest shippings in one state."""

    shippings: list[ShippingView]


class ShippingRetryRequest(Body):
    """Why a refused shipping is reported again: what was mended."""

    reason: ShortText


class ShippingRetryView(View):
    """A retry: who asked for it and why, and what WeChat had said before."""

    staff_id: UUID
    reason: str
    error_code: str | None
    error_message: str | None
    at: Moment


class ShippingDetail(ShippingView):
    """A shipping with every retry, the oldest first."""

    retries: list[ShippingRetryView]
