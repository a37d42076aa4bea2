"""An order comes to its end: its sale is posted, under the terms it was placed under.

The sale has the order's id. What lies in escrow goes to the merchant and the concession's clearing
at once; the shares follow as for every sale.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Table

from app.alliance import sales, terms
from app.alliance.models import SaleOrder
from app.alliance.orders import codes, escrow, steps, supplies
from app.alliance.orders.models import Order
from app.alliance.orders.rules import IN_ESCROW, OrderStatus
from app.alliance.terms import ContractTerms, StoreTerms
from app.core.db import NewRow, insert
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account, Leg
from app.wallet import service as wallet
from app.wallet.service import PaymentPlan

_link_table = SaleOrder.__table__
assert isinstance(_link_table, Table)


def contract_of(row: Order) -> tuple[StoreTerms, ContractTerms]:
    """The store and the contract under which an order was placed."""
    store = terms.of_store(row.store_id)
    found = next(each for each in store.contracts if each.id == row.contract_id)
    return store, found


def complete(row: Order, step: str, by: UUID) -> None:
    """Completes a locked order that is paid or shipped, in the current unit of work.

    Raises OrderStatusDiffers.
    """
    steps.must_be(row, *IN_ESCROW)
    store, contract = contract_of(row)
    parts = tuple(escrow.parts_left(row))
    purses_fen = sum(part.amount_fen for part in parts)
    planned = PaymentPlan(parts, row.escrow_fen - purses_fen)
    wanted = sales.Order(row.payer_id, store, contract, row.escrow_fen, ())
    sale = sales.new_sale(wanted, planned, "paid", row.id)
    sale["policy_id"] = row.policy_id  # a version that came since is for later orders
    sale["member_discount_bp"] = 0  # offers have their own member prices
    insert([sales.sale_row(sale), *sales.paid_letters(sale)])
    if planned.wechat_fen and row.wechat_order_id is not None:
        insert([_link(row, purses_fen)])
        if row.delivery == "pickup":
            wallet.report_shipped(row.wechat_order_id, wallet.Shipped("pickup"))
    codes.retire(row)
    steps.go(row, OrderStatus.COMPLETED, step, by)
    legs = [Leg(row.payer_id, Account.ORDER_ESCROW, -row.escrow_fen)]
    journal = sales.sale_journal(sale, legs)
    net_fen = sale["amount_fen"] - sale["experience_fen"] - sale["concession_fen"]
    ledger.post([supplies.paid_from(row, journal, net_fen)])


def _link(row: Order, held_fen: int) -> NewRow:
    values = {
        "bucket": row.bucket,
        "sale_id": row.id,
        "order_id": row.wechat_order_id,
        "hold_journal_id": row.parts_journal_id,
        "held_fen": held_fen,
        "expires_at": now(),
    }
    return NewRow(_link_table, values)
