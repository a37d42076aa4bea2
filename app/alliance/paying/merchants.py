"""Merchants as customers: settled money (`available`) is spent in other merchants' stores.

A sale like any other, with the merchant as its payer: in the payer's bucket, conceded, distributed,
settled and refunded by the same rules (decision 15). Its owner's staff account pays, at once.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import exists, select

from app.alliance import naming, sales
from app.alliance.closure.reading import merchant_standing
from app.alliance.models import Refund, Sale
from app.alliance.paying.errors import BuyerPaused, OwnStore, RefundsWait
from app.core import idempotency
from app.core.auth import NotAllowed, Principal
from app.core.db import TryAgain, db, insert
from app.core.world import bucket_of, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet
from app.wallet.service import Part, PaymentPlan

PAGE = 50


def pay(caller: Principal, store_id: UUID, amount_fen: int) -> Response:
    """Pays from what the caller's merchant has settled; the same request twice pays once.

    Raises NotAllowed, StoreUnknown, ContractNotInForce, AmountTooLarge, OwnStore, BuyerPaused,
    RefundsWait, NotEnough (with `missing_fen`).
    """
    buyer_id = _merchant_of(caller)

    def work() -> tuple[int, dict[str, Any]]:
        wanted = sales.order(buyer_id, store_id, amount_fen, ())
        if wanted.store.merchant_id == buyer_id:
            raise OwnStore()
        require_settled(buyer_id, amount_fen)
        parts = (Part(Account.AVAILABLE, amount_fen),)
        sale = sales.new_sale(wanted, PaymentPlan(parts, 0), "paid")
        insert([sales.sale_row(sale), *sales.paid_letters(sale)])
        legs = wallet.spend_legs(buyer_id, parts)
        try:
            ledger.post([sales.sale_journal(sale, legs, principal_id=caller.id)])
        except ledger.InsufficientFunds as error:  # a withdrawal or payment was faster
            raise TryAgain() from error
        return 201, sales.view(sale)

    return idempotency.execute(work)


def purchases(caller: Principal, before: UUID | None) -> list[dict[str, Any]]:
    """What the caller's merchant paid like this, with the stores' names, newest first, up to PAGE,
    in the current unit of work. Raises NotAllowed."""
    buyer_id = _merchant_of(caller)
    mine = (Sale.bucket == bucket_of(buyer_id), Sale.payer_id == buyer_id, Sale.settled_fen > 0)
    wanted = select(Sale).where(*mine).order_by(Sale.id.desc()).limit(PAGE)
    if before is not None:
        wanted = wanted.where(Sale.id < before)
    rows = db.session.scalars(wanted).all()
    names = naming.of_stores(row.store_id for row in rows)
    return [sales.view(sales.values_of(row)) | {"store_name": names[row.store_id]} for row in rows]


def require_settled(buyer_id: UUID, amount_fen: int) -> None:
    """That a merchant may spend so much of what it has settled, in the current unit of work.

    Customers who wait for a refund come first. Raises BuyerPaused, RefundsWait, NotEnough.
    """
    if not merchant_standing(buyer_id).is_open(now()):
        raise BuyerPaused()
    waiting = exists().where(Refund.status == "waiting_funds", Refund.merchant_id == buyer_id)
    if db.session.scalar(select(waiting)):
        raise RefundsWait()
    missing_fen = amount_fen - ledger.balances(buyer_id)[Account.AVAILABLE].balance_fen
    if missing_fen > 0:
        raise wallet.NotEnough(missing_fen=missing_fen)


def _merchant_of(caller: Principal) -> UUID:
    if caller.merchant_id is None or "merchant_owner" not in caller.roles:
        raise NotAllowed()
    return caller.merchant_id
