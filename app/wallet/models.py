"""Tables of the wallet. Amounts are fen; balances are the ledger's, never these tables'.

All rows of a member are in the member's bucket. Personal data: none but links to the member;
openids are never stored here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    Date,
    DateTime,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.ledger.service import Account

Moment = DateTime(timezone=True)


class Lot(Base):
    """What a lot of the ledger means: who stands behind it, until when, for how much of a sale.

    Never changed after its issue but for `swept_at`: when the rest of an expired lot went back
    to its funder (null again when a refund gives something back to it), and `reminded_at`: when
    its owner was reminded that it ends soon.
    """

    __tablename__ = "wallet_lot"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    account: Mapped[int] = mapped_column(SmallInteger)
    store_id: Mapped[UUID | None] = mapped_column(Uuid)
    funder: Mapped[int | None] = mapped_column(SmallInteger)
    grant_key: Mapped[str | None] = mapped_column(Text)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    sale_cap_bp: Mapped[int | None] = mapped_column(SmallInteger)
    is_withdrawable: Mapped[bool] = mapped_column(default=False)
    sweeps: Mapped[int] = mapped_column(SmallInteger, default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    swept_at: Mapped[datetime | None] = mapped_column(Moment)


class ExperienceMonth(Base):
    """How much experience gold was granted in a month (its first day, Beijing), for the budget."""

    __tablename__ = "wallet_experience_month"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    granted_fen: Mapped[int] = mapped_column(BigInteger)


class WeChatOrder(Base):
    """A payment order at WeChat; its `out_trade_no` is `number_of(id)`.

    `state`: open, paid, closed, or suspense (something was paid that does not fit: for people).
    `prepay_reference` is the prepay_id or the code_url. `next_look_at` is null once final.
    `payer_ip` is the browser's (h5 only), forgotten with the order's end: personal data.
    What is paid for one that `is_shared` is frozen at WeChat until it is split (分账); what is left
    then is given free, at `released_at`.
    `charge_hash` names the WeChat payment code that is being charged since `charged_at`;
    `is_reversing`: it is being taken back, whatever WeChat says of it meanwhile.
    """

    __tablename__ = "wallet_order"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    fee_bp: Mapped[int] = mapped_column(SmallInteger)
    trade_type: Mapped[str] = mapped_column(Text)
    app_id: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    prepay_reference: Mapped[str | None] = mapped_column(Text)
    prepaid_at: Mapped[datetime | None] = mapped_column(Moment)
    payer_ip: Mapped[str | None] = mapped_column(Text)
    return_to: Mapped[str | None] = mapped_column(Text)
    charge_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    charged_at: Mapped[datetime | None] = mapped_column(Moment)
    is_reversing: Mapped[bool] = mapped_column(default=False)
    transaction_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)
    is_shared: Mapped[bool] = mapped_column(default=False)
    released_at: Mapped[datetime | None] = mapped_column(Moment)


class TopUp(Base):
    """A member's top-up at a store. `request_key` is the Idempotency-Key of its request.

    `bonus_state` of a top-up under a plan: promised while it waits, then granted or released;
    `bonus_missing_fen` of its principal replaced bonus that was spent before a refund.
    """

    __tablename__ = "wallet_top_up"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    request_key: Mapped[str] = mapped_column(Text)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    plan_id: Mapped[UUID | None] = mapped_column(Uuid)
    bonus_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    bonus_state: Mapped[str | None] = mapped_column(Text)
    bonus_lot_id: Mapped[UUID | None] = mapped_column(Uuid)
    bonus_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    bonus_funder_id: Mapped[UUID | None] = mapped_column(Uuid)
    bonus_funder: Mapped[int | None] = mapped_column(SmallInteger)
    bonus_missing_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    credited_at: Mapped[datetime | None] = mapped_column(Moment)


class OrderRefund(Base):
    """Money going back to the payer of an order; its `out_refund_no` is always `number_of(id)`.

    `state`: requested, processing, done, or troubled (for people: ABNORMAL or
    CLOSED at WeChat, or refused there for a day and still asked for). `from_frozen_fen` of it
    came from what was frozen to be shared.
    """

    __tablename__ = "wallet_refund"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="requested")
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)
    from_frozen_fen: Mapped[int] = mapped_column(BigInteger, default=0)


class Withdrawal(Base):
    """Money that an earner takes out. `bill_number` is `number_of(id)` and never changes.

    It belongs to `owner_id`: the merchant or salesperson it is withdrawn `on_behalf_of`, else the
    member. `member_id` receives it (None: no member does). `source` is the account it comes from,
    `channel` the way it is paid; `needs_name`: only to a receiver of that real name;
    `leave_number`: sent under the receiver's leave, without confirmation; `app_id`: where the
    receiver confirms, null for the mini-program.

    `amount_fen` leaves the purse; `fee_fen` and `tax_fen` of it stay, the rest is transferred.
    States: app/wallet/withdrawals/rules.py. `risks` says what made a review necessary, and
    `approvals_needed` by how many people. `batch_id`: the money for it is set aside. `conclusion`
    is what people decided of a bill that WeChat no longer answers for. `contradictions` counts
    answers of WeChat that would undo a final state; they change nothing and are for people.
    """

    __tablename__ = "wallet_withdrawal"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(Uuid)
    on_behalf_of: Mapped[UUID | None] = mapped_column(Uuid)
    owner_id: Mapped[UUID] = mapped_column(
        Uuid, Computed("coalesce(on_behalf_of, member_id)", persisted=True)
    )
    owner_kind: Mapped[str] = mapped_column(Text, default="member")
    source: Mapped[int] = mapped_column(SmallInteger, default=Account.REBATE)
    channel: Mapped[str] = mapped_column(Text, default="wechat_transfer")
    needs_name: Mapped[bool] = mapped_column(default=False)
    leave_number: Mapped[str | None] = mapped_column(Text)
    app_id: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    fee_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(Text)
    bill_number: Mapped[str] = mapped_column(Text)
    risks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    approvals_needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    steps: Mapped[int] = mapped_column(SmallInteger, default=0)
    batch_id: Mapped[UUID | None] = mapped_column(Uuid)
    is_asked_back: Mapped[bool] = mapped_column(default=False)
    conclusion: Mapped[str | None] = mapped_column(Text)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    end_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    reviewer_id: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    package_info: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    contradictions: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def transfer_fen(self) -> int:
        """What its receiver gets: the amount without fee and tax."""
        return self.amount_fen - self.fee_fen - self.tax_fen


class WithdrawalStep(Base):
    """One step of a withdrawal, never changed: what, by whom, and where it led."""

    __tablename__ = "wallet_withdrawal_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    withdrawal_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class TaxRecord(Base):
    """Tax withheld from one withdrawal; `month` is the first day of its month in Beijing.

    `reversed_at`: the withdrawal was not paid, or the tax was given back (then with a journal).
    """

    __tablename__ = "wallet_tax_record"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    withdrawal_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    month: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Text, default="labour_remuneration")
    taxable_fen: Mapped[int] = mapped_column(BigInteger)
    tax_fen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)
    reversed_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Uuid)


class PrizeTax(Base):
    """Tax withheld from a prize when it was paid, by the journal that did; negative where the prize
    was taken back, in the month (its first day, Beijing) of that. Immutable."""

    __tablename__ = "wallet_prize_tax"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    journal_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    month: Mapped[date] = mapped_column(Date)
    taxable_fen: Mapped[int] = mapped_column(BigInteger)
    tax_fen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class SuspenseItem(Base):
    """Money that WeChat confirms having received and that fits no open order: for people."""

    __tablename__ = "wallet_suspense"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    transaction_id: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
