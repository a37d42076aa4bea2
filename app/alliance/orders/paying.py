"""Paying an order: purses and WeChat → `order_escrow`, where the money stays until the order ends.

As for a payment in a store, purses are held while WeChat's part is unsure. The member price is for
who pays with prepaid money alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response

from app.alliance import payments, sales
from app.alliance.errors import AmountTooLarge
from app.alliance.orders import codes, placing, steps
from app.alliance.orders.completing import contract_of
from app.alliance.orders.errors import OrderStatusDiffers, PriceChanged
from app.alliance.orders.models import Order
from app.alliance.orders.rules import OrderStatus
from app.alliance.prepaid import looks
from app.alliance.terms import ContractTerms, StoreTerms
from app.core import idempotency
from app.core.config import settings
from app.core.db import TryAgain, db
from app.core.world import SYSTEM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import service as wallet
from app.wallet.service import Browser, PaymentPlan, Purse

PURPOSE = "order"
DESCRIPTION = "联惠订单"


@dataclass(frozen=True, slots=True)
class Means:
    """How a member pays, and what (fen) they have agreed to pay."""

    purses: frozenset[Purse]
    trade_type: str
    browser: Browser | None
    expected_fen: int
    app_id: str | None = None


def pay(member_id: UUID, order_id: UUID, means: Means) -> Response:
    """Pays an unpaid order; the answer may ask the payer's phone to pay the rest with WeChat.

    The same request twice pays once. Raises OrderUnknown, OrderStatusDiffers, PriceChanged,
    StoreClosed, StorePaused, ContractNotInForce, AmountTooLarge, NotEnough, CustodyForbids,
    NoWeChatAccount, MemberMerged, and what the network part raises (503: the same request again
    goes on where it stopped).
    """

    def work() -> tuple[int, dict[str, Any]]:
        row = steps.bought(member_id, order_id)
        steps.must_be(row, OrderStatus.UNPAID)
        if row.next_at is not None and row.next_at <= now():
            raise OrderStatusDiffers(order_status="expired")
        members.require_present(row.payer_id)
        return _begin(row, means)

    return payments.with_parameters(idempotency.execute(work))


def on_paid(sender: str, *, order: Any, **_: Any) -> None:
    """Receiver of the wallet's `order_paid`, inside its unit: hold and takings go to escrow."""
    if sender != PURPOSE:
        return
    row = steps.locked(order.subject_id)
    if row.status != OrderStatus.PAYING or row.wechat_order_id != order.id:
        raise RuntimeError(f"WeChat order {order.id} was paid for an order that is {row.status}")
    held_fen = row.paid_fen - row.wechat_fen
    legs = wallet.held_legs(row.payer_id, held_fen) + wallet.takings_legs(row.wechat_fen)
    _post(_into_escrow(row, legs))
    paid(row)


def on_closed(sender: str, *, order: Any, **_: Any) -> None:
    """Receiver of the wallet's `order_closed`, inside its unit: the purses get the hold back, and
    the order may be paid in another way while its time lasts."""
    if sender != PURPOSE:
        return
    row = steps.locked(order.subject_id)
    if row.status != OrderStatus.PAYING or row.wechat_order_id != order.id:
        return
    if row.parts_journal_id is not None:
        wallet.release_hold(row.parts_journal_id, f"release:{order.id}")
        looks.touch_persons([row.payer_id])
    row.parts_journal_id, row.wechat_order_id = None, None
    row.paid_fen = row.wechat_fen = 0
    row.is_member_price = False
    if row.next_at is not None and row.next_at <= now():
        placing.give_stock_back(row)
        steps.go(row, OrderStatus.EXPIRED, "expired", SYSTEM_ID)
    else:
        steps.go(row, OrderStatus.UNPAID, "not_paid", SYSTEM_ID)


def _begin(row: Order, means: Means) -> tuple[int, dict[str, Any]]:
    store, contract = contract_of(row)
    store.selling(now())
    planned, row.is_member_price = _plan(row, store, contract, means)
    row.paid_fen = row.member_amount_fen if row.is_member_price else row.amount_fen
    if row.paid_fen != means.expected_fen:
        raise PriceChanged(amount_fen=row.paid_fen)
    limit = settings().payment_maximum_fen
    maximum = min(limit, contract.payment_maximum_fen or limit)
    if row.paid_fen > maximum:
        raise AmountTooLarge(maximum_fen=maximum)
    if planned.wechat_fen:
        return _await_wechat(row, store, planned, means)
    journal = _into_escrow(row, wallet.spend_legs(row.payer_id, planned.parts))
    row.parts_journal_id = journal.id
    _post(journal)
    paid(row)
    return 201, view(row)


def _plan(
    row: Order, store: StoreTerms, contract: ContractTerms, means: Means
) -> tuple[PaymentPlan, bool]:
    """Which purse gives how much, and whether that is the member price."""
    if Purse.PREPAID in means.purses and row.member_amount_fen < row.amount_fen:
        alone = frozenset({Purse.PREPAID})
        try:
            return wallet.plan_payment(
                row.payer_id, row.member_amount_fen, alone, experience_cap_fen=0
            ), True
        except wallet.NotEnough:
            if means.purses == alone:
                raise
    cap = sales.experience_cap_fen(store, contract, row.amount_fen)
    wanted = (row.payer_id, row.amount_fen, means.purses)
    return wallet.plan_payment(*wanted, experience_cap_fen=cap), False


def _await_wechat(
    row: Order, store: StoreTerms, planned: PaymentPlan, means: Means
) -> tuple[int, dict[str, Any]]:
    if not wallet.takes_wechat(settings().custody, is_shared=store.is_shared):
        raise wallet.CustodyForbids()
    order = wallet.new_order(
        PURPOSE,
        row.id,
        row.payer_id,
        planned.wechat_fen,
        means.trade_type,
        f"{store.name} {DESCRIPTION}",
        means.browser,
        is_shared=store.is_shared,
        app_id=means.app_id,
    )
    row.wechat_order_id, row.wechat_fen = order.id, planned.wechat_fen
    if planned.parts:
        hold = wallet.hold_journal(row.id, row.payer_id, planned.parts, f"hold:{order.id}")
        row.parts_journal_id = hold.id
        _post(hold)
    steps.go(row, OrderStatus.PAYING, "paying", row.payer_id)
    return 201, view(row) | {"expires_at": order.expires_at.isoformat()}


def _into_escrow(row: Order, legs: list[Leg]) -> Journal:
    return Journal(
        id=new_id(row.bucket),
        kind="order_paid",
        reference_id=row.id,
        principal_id=row.payer_id,
        key=f"order_paid:{row.id}",
        legs=(*legs, Leg(row.payer_id, Account.ORDER_ESCROW, row.paid_fen)),
    )


def paid(row: Order, step: str = "paid") -> None:
    """A locked order whose money is in escrow can be handed over, in the current unit of work."""
    for line in steps.lines(row):
        is_less = row.is_member_price and line.member_price_fen is not None
        line.unit_fen = line.member_price_fen if is_less else line.price_fen
    row.paid_at = now()
    row.next_at = row.paid_at + timedelta(days=settings().order_fulfil_days)
    if row.delivery == "pickup":
        codes.issue(row)
    steps.go(row, OrderStatus.PAID, step, row.payer_id)


def _post(journal: Journal) -> None:
    db.session.flush()
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:  # another payment of the same purse was faster
        raise TryAgain() from error


def view(row: Order) -> dict[str, Any]:
    """How the payment of an order stands; `order_id` is WeChat's order, as for other payments."""
    return {
        "id": str(row.id),
        "status": row.status,
        "amount_fen": row.paid_fen,
        "is_member_price": row.is_member_price,
        "wechat_fen": row.wechat_fen,
        "order_id": str(row.wechat_order_id) if row.wechat_order_id else None,
        "expires_at": None,
        "wechat_pay_parameters": None,
    }
