"""Top-ups as WeChat Pay confirms them, and what became of the money lent on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.distribution import distribute, fold
from app.alliance.prepaid import advances
from app.alliance.prepaid.duties import collect_due
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import bucket_of, new_id, number_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import orders
from app.wallet.models import TopUp
from app.wallet.topups import top_up as topups
from app.wechat.client import OrderStatus
from tests.alliance import shop as world
from tests.alliance.shop import Shop


def lending_shop(bp: int = 3_000, limit: int = 1_000_000, deposit: int = 0) -> Shop:
    """A shop to which a share of its top-ups is lent."""
    merchant_id, policy_id = world.merchant(), world.policy()
    terms = {"advance_bp": bp, "advance_limit_fen": limit, "advance_deposit_fen": deposit}
    contract_id = world.contract(merchant_id, policy_id, **terms)
    return Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)


def confirmed(order: Any, **differs: Any) -> OrderStatus:
    """What WeChat says of an order that was paid."""
    said = {
        "out_trade_no": number_of(order.id),
        "state": "SUCCESS",
        "transaction_id": new_id().hex,
        "amount_fen": order.amount_fen,
        "currency": "CNY",
        "app_id": settings().wechat_mini_app_id,
        "openid": None,
        "trade_type": "JSAPI",
        "success_at": None,
    }
    return OrderStatus(**(said | differs))


def paid(top_up_id: UUID) -> UUID:
    """Takes in that a top-up was paid; its id."""

    def work() -> None:
        row = db.session.get_one(TopUp, (bucket_of(top_up_id), top_up_id))
        orders.note_payment(confirmed(orders.find(row.order_id)), is_confirmed=True)

    in_transaction(work)
    return top_up_id


def opened(member_id: UUID, shop: Shop, amount_fen: int) -> UUID:
    """A top-up that waits for its payment; its id."""
    wish = topups._Wish(member_id, shop.store_id, amount_fen, "jsapi", new_id().hex)
    return in_transaction(lambda: topups._started(wish))


def topped_up(member_id: UUID, shop: Shop, amount_fen: int) -> UUID:
    """A paid top-up whose share has been lent; its id."""
    top_up_id = paid(opened(member_id, shop, amount_fen))
    advances.lend_for({"top_up_id": str(top_up_id)})
    return top_up_id


def caught_up() -> None:
    """All that time would do: distribution, looks, collections."""
    while distribute():
        pass
    fold()
    collect_due()
    fold()


def lent(shop: Shop) -> int:
    return -ledger.balances(shop.merchant_id)[Account.PREPAID_ADVANCE].balance_fen


def standing(shop: Shop) -> tuple[int, int, int]:
    found = in_transaction(lambda: advances.outstanding(shop.merchant_id))
    return found.lent_fen, found.due_fen, found.collected_fen


def lot_of(top_up_id: UUID) -> UUID:
    credited = in_transaction(lambda: topups.credited_top_up(top_up_id))
    assert credited is not None
    return credited.lot_id


def rows(model: Any, shop: Shop) -> list[Any]:
    """Rows of a merchant, oldest first."""
    mine = select(model).where(model.merchant_id == shop.merchant_id)
    found = in_transaction(lambda: db.session.scalars(mine.order_by(model.created_at)).all())
    return list(found)
