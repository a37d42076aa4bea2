"""The merchant's money as WeChat sees it.

Its accounts are BASIC (takings), OPERATION (for transfers) and FEES (for fees, where agreed so);
FROZEN holds what waits to be shared, LOCKED what waits for a receiver. Every movement has its
counterpart outside (customers, WeChat's fee, receivers, partners, the merchant's bank), so the
lines always sum to zero. The daily bills are written from these lines (`sandbox.pay.bills`).
"""

from __future__ import annotations

from typing import Any

from sandbox import names, terms
from sandbox.records import BookLine, Meta, Order, Refund, Transfer
from sandbox.world import World

FEE_BASIS_POINTS = 60
WHOLE = 10_000
INSIDE = {"BASIC": "basic_fen", "OPERATION": "operation_fen", "FEES": "fees_fen"}
HELD = {"FROZEN": "frozen_fen", "LOCKED": "locked_fen"}


def fee_of(amount_fen: int) -> int:
    """0.6 % of an amount in fen, rounded half up."""
    return (amount_fen * FEE_BASIS_POINTS * 2 + WHOLE) // (WHOLE * 2)


def balance(here: World, account: str) -> int:
    """What an account holds, in fen: one of the merchant's accounts or one outside."""
    meta = here.state.meta.get(f"balance:{account}")
    return int(meta.value) if meta else 0


def move(here: World, amount_fen: int, source: str, target: str, kind: str, reference: str) -> None:
    """Move fen from one account to another. Only within `State.change()`."""
    now = here.clock.now()
    for account, change in ((source, -amount_fen), (target, amount_fen)):
        left = balance(here, account) + change
        here.state.book_lines.put(
            BookLine(names.new_id("book"), now, account, change, kind, reference, left)
        )
        here.state.meta.put(Meta(f"balance:{account}", left))


def take_payment(here: World, order: Order) -> None:
    """A customer paid: the whole amount in, the fee out; what is to be shared is frozen (D10)."""
    order.fee_fen = fee_of(order.total_fen)
    fees = terms.value(here, "fees_from")
    if balance(here, fees) < order.fee_fen:
        fees = "BASIC"
    order.fees_from = fees
    move(here, order.total_fen, "CUSTOMERS", "BASIC", "payment", order.id)
    move(here, order.fee_fen, fees, "FEE", "fee", order.id)
    if (order.request.get("settle_info") or {}).get("profit_sharing"):
        order.frozen_fen = order.total_fen - order.fee_fen
        move(here, order.frozen_fen, "BASIC", "FROZEN", "sharing_frozen", order.id)


def fee_back(order: Order, refund_fen: int) -> int:
    """The part of the fee that comes back with a refund; all refunds together return all of it."""
    left = order.total_fen - order.refunded_fen - refund_fen
    return order.fee_fen - order.fee_returned_fen - fee_of(left)


def can_refund(here: World, order: Order, refund_fen: int) -> bool:
    """Whether the merchant's money is enough for it; frozen money of the order counts."""
    back = fee_back(order, refund_fen) if order.fees_from == "BASIC" else 0
    return balance(here, "BASIC") + order.frozen_fen + back >= refund_fen


def pay_refund(here: World, order: Order, refund_fen: int, reference: str) -> int:
    """Give money back to the customer; returns the fee that came back."""
    returned = fee_back(order, refund_fen)
    unfreeze(here, order, min(order.frozen_fen, refund_fen - returned), reference)
    move(here, returned, "FEE", order.fees_from, "fee_returned", reference)
    move(here, refund_fen, "BASIC", "CUSTOMERS", "refund", reference)
    order.refunded_fen += refund_fen
    order.fee_returned_fen += returned
    return returned


def take_back_refund(here: World, order: Order, refund: Refund) -> None:
    """A refund was closed: its money returns to the merchant, its part of the fee to WeChat."""
    move(here, refund.refund_fen, "CUSTOMERS", "BASIC", "refund_closed", refund.id)
    move(here, refund.fee_returned_fen, order.fees_from, "FEE", "fee", refund.id)
    order.refunded_fen -= refund.refund_fen
    order.fee_returned_fen -= refund.fee_returned_fen


def unfreeze(here: World, order: Order, amount_fen: int, reference: str) -> None:
    """Give frozen money of an order back to the BASIC account."""
    if amount_fen > 0:
        move(here, amount_fen, "FROZEN", "BASIC", "sharing_unfrozen", reference)
        order.frozen_fen -= amount_fen


def top_up(here: World, account: str, amount_fen: int) -> None:
    """The merchant pays in from its bank."""
    move(here, amount_fen, "BANK", account, "top_up", "")


def as_json(here: World) -> dict[str, Any]:
    """The books, with every order, refund and transfer."""
    with here.state.lock:
        return {
            **{name: balance(here, account) for account, name in (INSIDE | HELD).items()},
            "fee_fen": balance(here, "FEE"),
            "sum_fen": sum(line.amount_fen for line in here.state.book_lines.all()),
            "orders": [order_json(order) for order in here.state.orders.all()],
            "refunds": [refund_json(refund) for refund in here.state.refunds.all()],
            "transfers": [transfer_json(bill) for bill in here.state.transfers.all()],
        }


def order_json(order: Order) -> dict[str, Any]:
    return {
        "out_trade_no": order.id,
        "transaction_id": order.transaction_id,
        "trade_type": order.trade_type,
        "state": order.state,
        "total_fen": order.total_fen,
        "fee_fen": order.fee_fen,
        "refunded_fen": order.refunded_fen,
        "fee_returned_fen": order.fee_returned_fen,
        "frozen_fen": order.frozen_fen,
        "combined_number": order.combined_number,
        "openid": order.openid,
        "paid_at": order.paid_at,
        "description": order.request.get("description", ""),
    }


def refund_json(refund: Refund) -> dict[str, Any]:
    return {
        "out_refund_no": refund.id,
        "refund_id": refund.refund_id,
        "out_trade_no": refund.order_id,
        "status": refund.status,
        "refund_fen": refund.refund_fen,
        "fee_returned_fen": refund.fee_returned_fen,
    }


def transfer_json(bill: Transfer) -> dict[str, Any]:
    return {
        "out_bill_no": bill.id,
        "transfer_bill_no": bill.transfer_bill_no,
        "openid": bill.openid,
        "state": bill.state,
        "amount_fen": bill.amount_fen,
        "fail_reason": bill.fail_reason,
        "package_info": bill.package_info if bill.state == "WAIT_USER_CONFIRM" else "",
    }
