"""A shared payment of 100 yuan, paid on a simulated phone, and its money at WeChat and here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import select

from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import orders
from app.wallet import service as wallet
from app.wallet.profit_sharing import calls
from app.wallet.profit_sharing.frozen import left_fen
from app.wallet.profit_sharing.models import Split, SplitReturn
from app.wallet.signals import order_paid
from app.wechat import client as wechat
from tests.ledger.books import journal, leg

PURPOSE = "shared_test"
PARTNER = "1900000200"
PAID_FEN, FEE_FEN = 10_000, 60
RATIO_BP = 3_000


@dataclass
class Shared:
    """The order, the merchant whose money it is, and WeChat's number of the payment."""

    order_id: UUID
    merchant_id: UUID
    transaction_id: str

    def split(self, amount_fen=2_000, **more) -> UUID:
        def work() -> UUID:
            wish = {"account": PARTNER, "ratio_bp": RATIO_BP, "subject_id": None} | more
            row = wallet.request_split(
                self.order_id, self.merchant_id, amount_fen, description="门店货款", **wish
            )
            return row.id

        return in_transaction(work)

    def release(self) -> UUID:
        """The release of the rest: the room above has asked for it where a split ended."""
        in_transaction(lambda: wallet.request_release(self.order_id))
        rows = in_transaction(lambda: wallet.splits_of(self.order_id))
        return next(row.id for row in rows if row.kind == "release")

    def frozen_there(self) -> int:
        return int(wechat.unsplit_fen(self.transaction_id))

    def frozen_here(self) -> int:
        return in_transaction(lambda: left_fen(orders.find(self.order_id)))

    def holds(self, account: Account) -> int:
        return ledger.balances(self.merchant_id)[account].balance_fen


def manage_trade(sandbox: Any, is_managed: bool) -> None:
    """Whether WeChat waits for the receipt of goods before anything is split (fact D10)."""
    wish = {"trade_managed": is_managed}
    requests.put(f"{sandbox.url}/__ctl/console", json=wish, timeout=9).raise_for_status()


def look(split_id: UUID) -> None:
    calls.look_at_split({"split_id": str(split_id)})


def fields(model: Any, identity: UUID) -> Any:
    """A row as it stands."""
    return read(select(*model.__table__.columns).where(model.id == identity))[0]


def state(split_id: UUID) -> tuple[str, str | None]:
    """State and reason of a split."""
    row = fields(Split, split_id)
    return row.state, row.fail_reason


def returns_of(split_id: UUID) -> list[UUID]:
    """The returns of a split."""
    wanted = select(SplitReturn.id).where(SplitReturn.split_id == split_id)
    return in_transaction(lambda: list(db.session.scalars(wanted)))


def paid(sandbox, *, is_shared=True, amount_fen=PAID_FEN) -> Shared:
    """A payment whose receiver of `order_paid` books it as its merchant's `available`."""
    phone, merchant_id = sandbox.phone(), new_id()

    def book(sender, *, order, **_):
        legs = (
            *wallet.takings_legs(order.amount_fen),
            leg(merchant_id, Account.AVAILABLE, order.amount_fen),
        )
        ledger.post([journal(*legs)])

    def work() -> UUID:
        order = wallet.new_order(
            PURPOSE, new_id(), phone.member_id, amount_fen, "jsapi", "货款", is_shared=is_shared
        )
        return order.id

    order_id = in_transaction(work)
    with order_paid.connected_to(book, sender=PURPOSE):
        sandbox.pay(phone, wallet.prepay(order_id))
        sandbox.drain()
    number = in_transaction(lambda: orders.find(order_id).transaction_id)
    assert number
    return Shared(order_id, merchant_id, number)


def register(account: str = PARTNER) -> None:
    wechat.add_receiver(
        app_id=settings().wechat_mini_app_id,
        kind="MERCHANT_ID",
        account=account,
        name="联惠面馆有限公司",
        relation="STORE",
    )
