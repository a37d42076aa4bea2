"""What the alliance holds of a member: told to them, what keeps them, and what is erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from app.alliance.joining.comparing import OPEN
from app.alliance.joining.models import (
    SEALED,
    Application,
    ApplicationPicture,
    ApplicationVersion,
)
from app.alliance.levels.models import LevelGift
from app.alliance.membership.models import TermsConsent
from app.alliance.models import (
    Contact,
    Debtor,
    Merchant,
    Refund,
    Sale,
    SaleOrder,
    SaleShare,
    Salesperson,
)
from app.alliance.orders.models import (
    CartItem,
    Order,
    OrderLine,
    OrderParcel,
    OrderReceiver,
    OrderReturn,
    OrderStep,
)
from app.alliance.paying.models import CodePayment, FreeSpending, PaymentPin, PurseChoice
from app.alliance.policies.simulation.models import SimulationLine
from app.alliance.prepaid.models import LotAdvance, PlanClaim, TouchedMember
from app.alliance.profit_sharing.models import SharingReceiver
from app.alliance.rewards.models import Reward
from app.alliance.rings.models import Ring
from app.core.db import db
from app.core.personal_data import kept_back, owned, part
from app.core.world import bucket_of


def declare() -> None:
    """Declares this room's parts; called by its opening."""
    sales = owned(Sale.bucket, Sale.payer_id)
    part("alliance.sales", "消费", Sale, sales, but={"contract_id", "policy_id", "settlement_id"})
    part(
        "alliance.refunds",
        "消费退款",
        Refund,
        lambda ids: (
            Refund.bucket.in_([bucket_of(each) for each in ids])
            & Refund.sale_id.in_(select(Sale.id).where(sales(ids)))
        ),
        but={"requested_by", "settlement_id", "from_pending_fen", "from_experience_pending_fen"},
    )
    part(
        "alliance.shares",
        "获得的分润",
        SaleShare,
        lambda ids: SaleShare.owner_id.in_(ids),
        "owner_id",
        "sale_id",
        "party",
        but={"receiver"},
    )
    part("alliance.contacts", "商家联系人", Contact, lambda ids: Contact.member_id.in_(ids))
    _declare_people()
    terms = owned(TermsConsent.bucket, TermsConsent.member_id)
    part("alliance.terms_consents", "会员条款同意记录", TermsConsent, terms)
    _declare_paying()
    _declare_orders()
    kept_back(
        SimulationLine, "what a draft would have given in sum; never posted, gone after 90 days"
    )
    kept_back(LotAdvance, "what was lent to a merchant on a top-up, which wallet.top_ups tells")
    kept_back(PlanClaim, "the bonus of a top-up, which wallet.top_ups tells")
    kept_back(TouchedMember, "whose purse has moved and is to be looked at; gone within minutes")
    kept_back(Debtor, "that something is owed back; ledger.balances tells how much")
    kept_back(Merchant, "merchants that a member brought are the merchants' data")
    kept_back(SaleOrder, "which order pays a sale; both are told")
    kept_back(SharingReceiver, "whom a merchant named to receive its part: the merchant's data")


def _declare_people() -> None:
    part("alliance.salesperson", "业务员", Salesperson, lambda ids: Salesperson.member_id.in_(ids))
    kept_back(Ring, "suspicions that people look at: the others' data too")


def _declare_paying() -> None:
    gifts = owned(LevelGift.bucket, LevelGift.member_id)
    part("alliance.level_gifts", "等级礼", LevelGift, gifts)
    got = {"member_id", "sale_id", "attempt"}
    part(
        "alliance.rewards", "推荐奖励", Reward, lambda ids: Reward.recommender_id.in_(ids), but=got
    )
    used = owned(CodePayment.bucket, CodePayment.member_id)
    part("alliance.code_payments", "付款码支付", CodePayment, used, but={"staff_id"})
    pins = owned(PaymentPin.bucket, PaymentPin.member_id)
    part("alliance.payment_pin", "支付密码", PaymentPin, pins, but={"pin_hash"})
    spent = owned(FreeSpending.bucket, FreeSpending.member_id)
    part("alliance.free_spending", "当日免密支付", FreeSpending, spent)
    choices = owned(PurseChoice.bucket, PurseChoice.member_id)
    part("alliance.purse_choice", "付款码扣款方式", PurseChoice, choices)


def _declare_orders() -> None:
    orders = owned(Order.bucket, Order.payer_id)

    def through(column: Any) -> Any:
        return lambda ids: column.in_(select(Order.id).where(orders(ids)))

    cart = owned(CartItem.bucket, CartItem.member_id)
    part("alliance.cart", "购物车", CartItem, cart)
    not_theirs = {"contract_id", "policy_id", "supplier_id"}
    part("alliance.orders", "订单", Order, orders, but=not_theirs)
    lines = through(OrderLine.order_id)
    part("alliance.order_lines", "订单商品", OrderLine, lines, but={"supply_fen"})
    part("alliance.order_steps", "订单进度", OrderStep, through(OrderStep.order_id),
         but={"principal_id"})  # fmt: skip
    part("alliance.order_parcels", "物流信息", OrderParcel, through(OrderParcel.order_id),
         but={"shipped_by"})  # fmt: skip
    receiver = through(OrderReceiver.order_id)
    part("alliance.order_receivers", "收货信息", OrderReceiver, receiver)
    part("alliance.order_returns", "订单退款", OrderReturn, through(OrderReturn.order_id),
         but={"requested_by"})  # fmt: skip


def declare_joining() -> None:
    """Declares what applicants gave; called by the room's opening."""
    own = select(Application.id)
    part(
        "alliance.applications",
        "商家入驻申请",
        Application,
        lambda ids: Application.member_id.in_(ids),
        but={"licence_key", "proposal", "proposed_by"},
        words={"status": lambda status: "submitted" if status == "proposed" else status},
    )
    part(
        "alliance.application_versions",
        "商家入驻申请资料",
        ApplicationVersion,
        lambda ids: ApplicationVersion.application_id.in_(
            own.where(Application.member_id.in_(ids))
        ),
        but={"normal_name", "pairs", "licence_key", "account_key", "phone_key", "findings"},
    )
    unused = ApplicationPicture.application_id.is_(None)
    part(
        "alliance.application_pictures",
        "商家入驻申请图片",
        ApplicationPicture,
        lambda ids: (
            ApplicationPicture.application_id.in_(own.where(Application.member_id.in_(ids)))
            | (ApplicationPicture.member_id.in_(ids) & unused)
        ),
        but={"jpeg"},
    )


def remaining(_: Any, *, member_id: UUID) -> list[dict[str, Any]]:
    """Receiver of `remaining_asked`: duties for merchants, and refunds that wait for money."""
    bucket = bucket_of(member_id)
    mine = select(Sale.id).where(Sale.bucket == bucket, Sale.payer_id == member_id)
    wanted = {
        "merchant_contact": select(Contact.merchant_id).where(Contact.member_id == member_id),
        "merchant_application": select(Application.id).where(
            Application.member_id == member_id, Application.status.in_(OPEN)
        ),
        "salesperson": select(Salesperson.id).where(
            Salesperson.member_id == member_id, Salesperson.is_active
        ),
        "sale_refund": select(Refund.id).where(
            Refund.bucket == bucket, Refund.sale_id.in_(mine), Refund.status == "waiting_funds"
        ),
        "order": select(Order.id).where(
            Order.bucket == bucket, Order.payer_id == member_id, Order.ended_at.is_(None)
        ),
        "payment": select(Sale.id).where(
            Sale.bucket == bucket, Sale.payer_id == member_id, Sale.status == "awaiting"
        ),
    }
    return [
        {"what": what, "id": each}
        for what, statement in wanted.items()
        for each in db.session.scalars(statement)
    ]


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: payment PIN and choices, cart, to whom orders were shipped, a
    former salesperson's name, and what stood in applications that came to no merchant, with all
    pictures of theirs."""
    for model in (FreeSpending, PaymentPin, PurseChoice):
        gone = delete(model).where(
            model.bucket == bucket_of(member_id), model.member_id == member_id
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
    orders = select(Order.id).where(
        Order.bucket == bucket_of(member_id), Order.payer_id == member_id
    )
    for model, chosen in (
        (CartItem, CartItem.member_id == member_id),
        (OrderReceiver, OrderReceiver.order_id.in_(orders)),
    ):
        db.session.execute(delete(model).where(chosen).execution_options(synchronize_session=False))
    former = update(Salesperson).where(Salesperson.member_id == member_id).values(name="")
    db.session.execute(former.execution_options(synchronize_session=False))
    theirs = select(Application.id).where(
        Application.member_id == member_id, Application.merchant_id.is_(None)
    )
    unused = ApplicationPicture.application_id.is_(None)
    pictures = delete(ApplicationPicture).where(
        ApplicationPicture.application_id.in_(theirs)
        | ((ApplicationPicture.member_id == member_id) & unused)
    )
    db.session.execute(pictures.execution_options(synchronize_session=False))
    blank = dict.fromkeys((f"{column}_sealed" for column in SEALED), None)
    sent = update(ApplicationVersion).where(ApplicationVersion.application_id.in_(theirs))
    sent = sent.values(**blank, account_last_four="", phone_last_four="")
    db.session.execute(sent.execution_options(synchronize_session=False))
