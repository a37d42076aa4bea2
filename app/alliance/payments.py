"""Combined payments: purses are held while WeChat's part is unsure.

The hold is a journal of its own. When WeChat says that its part is paid, the sale spends the
hold; when the order can never be paid any more, a reversal gives it back. Either happens inside
the unit in which the wallet decides the order's fate, so never both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from flask import Response, json
from sqlalchemy import Table, select

from app.alliance import sales
from app.alliance.access import may_see_sale
from app.alliance.errors import PaymentNotOpen, PaymentUnknown
from app.alliance.models import Sale, SaleOrder
from app.alliance.paying import confirming, from_purses
from app.alliance.prepaid import looks
from app.alliance.sales import Order
from app.core import idempotency
from app.core.auth import Principal
from app.core.config import settings
from app.core.db import NewRow, TryAgain, db, in_transaction, insert
from app.core.errors import AppError
from app.core.world import bucket_of, new_id, now
from app.ledger.service import InsufficientFunds, Journal, post
from app.wallet import service as wallet
from app.wallet.service import Browser, PaymentPlan, Purse
from app.wechat import client as wechat

PURPOSE = "sale"
_order_table = SaleOrder.__table__
assert isinstance(_order_table, Table)


def pay(
    member_id: UUID,
    store_id: UUID,
    amount_fen: int,
    purses: frozenset[Purse],
    trade_type: str,
    browser: Browser | None = None,
    *,
    app_id: str | None = None,
) -> Response:
    """Pays at a store; the answer may ask the payer's phone to pay the rest with WeChat.

    Raises what `confirming.require` raises, StoreUnknown, ContractNotInForce, AmountTooLarge,
    NotEnough and what the network part raises (503: the same request again goes on where it
    stopped).
    """
    if Purse.WECHAT not in purses:
        return from_purses.pay(member_id, store_id, amount_fen, purses)
    idempotency.request_key()
    confirming.require(member_id, amount_fen, purses)

    def work() -> tuple[int, dict[str, Any]]:
        wanted = sales.order(member_id, store_id, amount_fen, purses)
        return open_sale(wanted, trade_type, browser, app_id=app_id)

    return with_parameters(idempotency.execute(work))


def with_parameters(response: Response) -> Response:
    """Completes the stored answer of an open payment with what the phone needs to pay it.

    Asks WeChat, outside any unit. The completed answer is stored, so that it repeats exactly.
    """
    body = response.get_json()
    if body.get("wechat_pay_parameters") is not None or body.get("order_id") is None:
        return response
    try:
        found = wallet.prepay(UUID(body["order_id"]))
    except wallet.OrderNotOpen:  # paid, cancelled or expired meanwhile: the payment itself tells
        return response
    except AppError as refusal:
        if refusal.status < 500:  # WeChat will never take it: nothing may stay held
            wallet.close_order(UUID(body["order_id"]))
        raise
    if not found:  # nothing for a phone: the till charges the payer's WeChat payment code
        return response
    completed = in_transaction(lambda: idempotency.complete({"wechat_pay_parameters": found}))
    response.set_data(json.dumps(completed))
    return response


def open_sale(
    wanted: Order,
    trade_type: str,
    browser: Browser | None = None,
    *,
    sale_id: UUID | None = None,
    app_id: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """Pays at once from purses, or holds them and opens an order for WeChat's part, in the
    current unit of work; status and body. `app_id` as in `wallet.new_order`. Raises NotEnough,
    MemberMerged, NoWeChatAccount, CustodyForbids."""
    planned = sales.plan(wanted)
    if not planned.wechat_fen:
        return _paid_at_once(wanted, planned, sale_id)
    if trade_type == "code" and not wechat.takes_codes():
        raise wechat.PaymentCodesOff()
    if not wallet.takes_wechat(settings().custody, is_shared=wanted.store.is_shared):
        raise wallet.CustodyForbids()
    sale = sales.new_sale(wanted, planned, "awaiting", sale_id)
    hold = _hold(wanted, planned, sale["id"])
    insert([sales.sale_row(sale)])
    order = wallet.new_order(
        PURPOSE,
        sale["id"],
        wanted.member_id,
        planned.wechat_fen,
        trade_type,
        wanted.store.name,
        browser,
        is_shared=wanted.store.is_shared,
        app_id=app_id,
    )
    insert([_order_row(sale, order, hold, planned)])
    _post([hold] if hold else [])
    return 201, sales.view(sale) | {"order_id": str(order.id), "expires_at": _expiry(order)}


def _order_row(
    sale: dict[str, Any], order: Any, hold: Journal | None, planned: PaymentPlan
) -> NewRow:
    """The sale's order of WeChat, and what is held for it."""
    values = {
        "bucket": sale["bucket"],
        "sale_id": sale["id"],
        "order_id": order.id,
        "hold_journal_id": hold.id if hold else None,
        "held_fen": sum(part.amount_fen for part in planned.parts),
        "expires_at": order.expires_at,
    }
    return NewRow(_order_table, values)


def _hold(wanted: Order, planned: PaymentPlan, sale_id: UUID) -> Journal | None:
    """The journal that keeps the purses' part aside, if they pay one."""
    if not planned.parts:
        return None
    return wallet.hold_journal(sale_id, wanted.member_id, planned.parts, f"hold:{sale_id}")


def _expiry(order: Any) -> str:
    return str(order.expires_at.isoformat())


def _paid_at_once(
    wanted: Order, planned: PaymentPlan, sale_id: UUID | None
) -> tuple[int, dict[str, Any]]:
    sale = sales.new_sale(wanted, planned, "paid", sale_id)
    insert([sales.sale_row(sale), *sales.paid_letters(sale)])
    legs = wallet.spend_legs(wanted.member_id, sale["parts"])
    _post([sales.sale_journal(sale, legs)])
    return 201, sales.view(sale)


def _post(journals: list[Any]) -> None:
    try:
        post(journals)
    except InsufficientFunds as error:  # another payment of the same purse was faster
        raise TryAgain() from error


def on_order_paid(sender: str, *, order: Any, **_: Any) -> None:
    """Receiver of the wallet's `order_paid`, inside its unit: the sale spends the hold."""
    if sender != PURPOSE:
        return
    row, link = _locked(order.subject_id)
    if row.status != "awaiting":
        raise RuntimeError(f"order {order.id} was paid for a sale that is {row.status}")
    row.status, row.paid_at, row.journal_id = "paid", now(), new_id(row.bucket)
    db.session.flush()
    sale = sales.values_of(row)
    insert(sales.paid_letters(sale))
    legs = wallet.held_legs(row.payer_id, link.held_fen) + wallet.takings_legs(row.wechat_fen)
    post([sales.sale_journal(sale, legs)])


def on_order_closed(sender: str, *, order: Any, **_: Any) -> None:
    """Receiver of the wallet's `order_closed`, inside its unit: the purses get the hold back."""
    if sender != PURPOSE:
        return
    row, link = _locked(order.subject_id)
    if row.status != "awaiting":
        return
    row.status = "expired" if link.expires_at <= now() else "cancelled"
    db.session.flush()
    if link.hold_journal_id is not None:
        wallet.release_hold(link.hold_journal_id, f"release:{row.id}")
        looks.touch_persons([row.payer_id])


def cancel(caller: Principal, sale_id: UUID) -> dict[str, Any]:
    """Cancels a payment that waits for WeChat: closed there first, then the purses are free.

    By its payer, or by the till that opened it by a code.

    Not within a unit of work; the second time is fine. Raises PaymentUnknown, PaymentNotOpen
    (WeChat's part was paid first), WeChatUnavailable.
    """
    status, order_id = in_transaction(lambda: _standing(caller, sale_id))
    if status == "awaiting" and order_id is not None:
        wallet.close_order(order_id)
        status, _ = in_transaction(lambda: _standing(caller, sale_id))
    if status not in ("cancelled", "expired"):
        raise PaymentNotOpen(payment_status=status)
    return in_transaction(lambda: sales.view(sales.values_of(find(sale_id))))


def look(sale_id: UUID) -> Sale | None:
    """The sale, in the current unit of work, or None."""
    return db.session.get(Sale, (bucket_of(sale_id), sale_id))


def find(sale_id: UUID) -> Sale:
    """The sale, in the current unit of work. Raises PaymentUnknown."""
    row = look(sale_id)
    if row is None:
        raise PaymentUnknown()
    return row


def several(sale_ids: Collection[UUID]) -> Sequence[Sale]:
    """Those of these sales that there are, in the current unit of work."""
    wanted = Sale.bucket.in_({bucket_of(each) for each in sale_ids}) & Sale.id.in_(sale_ids)
    return db.session.scalars(select(Sale).where(wanted)).all()


def order_of(sale_id: UUID) -> SaleOrder | None:
    """The WeChat part of a sale, if it has one, in the current unit of work."""
    return db.session.get(SaleOrder, (bucket_of(sale_id), sale_id))


def shown(row: Sale) -> dict[str, Any]:
    """A payment as `GET /payments/{id}` shows it, without what only WeChat can tell."""
    body = sales.view(sales.values_of(row))
    link = order_of(row.id) if row.wechat_fen else None
    if link is not None:
        body |= {"order_id": str(link.order_id), "expires_at": link.expires_at.isoformat()}
    return body


def _standing(caller: Principal, sale_id: UUID) -> tuple[str, UUID | None]:
    row = find(sale_id)
    may_see_sale(caller, row)
    link = order_of(sale_id)
    return row.status, link.order_id if link else None


def _locked(sale_id: UUID) -> tuple[Sale, SaleOrder]:
    key = (bucket_of(sale_id), sale_id)
    row = db.session.get(Sale, key, with_for_update=True, populate_existing=True)
    link = order_of(sale_id)
    if row is None or link is None:
        raise PaymentUnknown()
    return row, link


def parameters(order_id: UUID) -> dict[str, Any] | None:
    """What the phone needs to pay an open order; None if it is not open any more, or while
    WeChat is away and was never asked."""
    try:
        return wallet.prepay(order_id) or None
    except AppError:
        return None
