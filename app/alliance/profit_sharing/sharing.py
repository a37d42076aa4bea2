"""Settled sales whose payments are to be split: the merchant's part goes out, the rest is freed.

Runs after a settlement was issued, sale by sale, each in a unit of its own, and may run again:
what was asked for a settlement's sale is not asked for twice.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import payments
from app.alliance.models import Sale
from app.alliance.profit_sharing import channels, receivers
from app.alliance.settlement.models import SettlementLine
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction
from app.core.world import bucket_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet
from app.wallet.service import Remedy, Split

DESCRIPTION = "联惠货款"
OPEN = ("waiting", "sending", "troubled")


def share_settlement(payload: dict[str, Any]) -> None:
    """Outbox reader of `settlement.issued`: splits what was paid by WeChat for its sales."""
    settlement_id = UUID(payload["settlement_id"])
    for sale_id in in_transaction(lambda: _shared_sales(settlement_id)):
        in_transaction(lambda each=sale_id: share_sale(each, settlement_id))


def _shared_sales(settlement_id: UUID) -> list[UUID]:
    """The sales of a settlement that WeChat paid a part of."""
    lines = db.session.scalars(
        select(SettlementLine.subject_id).where(
            SettlementLine.bucket == bucket_of(settlement_id),
            SettlementLine.settlement_id == settlement_id,
            SettlementLine.kind == "sale",
        )
    ).all()
    found = db.session.scalars(
        select(Sale.id).where(
            Sale.bucket.in_({bucket_of(each) for each in lines}),
            Sale.id.in_(lines),
            Sale.wechat_fen > 0,
        )
    )
    return sorted(found)


def share_sale(sale_id: UUID, settlement_id: UUID) -> Split | None:
    """Asks for the split of one settled sale, or for its money to be freed where nobody is to get
    it; None where that was done before, or the payment was not made to be split."""
    sale = payments.find(sale_id)
    link = payments.order_of(sale_id)
    if link is None or any(row.subject_id == settlement_id for row in _splits(link.order_id)):
        return None
    receiver = receivers.current(sale.merchant_id)
    amount = _amount(sale, link.order_id)
    if receiver is None or not amount or not channels.is_shared(sale.merchant_id):
        return wallet.request_release(link.order_id)
    try:
        return wallet.request_split(
            link.order_id,
            sale.merchant_id,
            amount,
            account=receiver.account,
            member_id=receiver.member_id,
            ratio_bp=settings().profit_sharing_maximum_bp,
            subject_id=settlement_id,
            description=DESCRIPTION,
        )
    except ledger.InsufficientFunds as error:  # what was read is gone meanwhile
        raise TryAgain() from error


def _splits(order_id: UUID) -> list[Split]:
    return wallet.splits_of(order_id)


def _amount(sale: Sale, order_id: UUID) -> int:
    """What of a sale is split: the merchant's part of WeChat's money, as far as the agreed ratio,
    what is frozen and the merchant's own balance go."""
    own = wallet.merchant_part_fen(
        sale.wechat_fen,
        sale.principal_fen + sale.rebate_fen + sale.wechat_fen,
        sale.concession_fen,
        sale.amount_fen,
        sale.left_fen,
    )
    possible = wallet.possible_split_fen(order_id, settings().profit_sharing_maximum_bp)
    held = ledger.balances(sale.merchant_id)[Account.AVAILABLE].balance_fen
    return min(own, possible, max(held, 0))


def on_split_ended(kind: str, *, split: Split, **_: Any) -> None:
    """Receiver of the wallet's `split_ended`, inside its unit: again under a new number, or what
    is left is freed (a part that failed for good waits in `available` for another channel)."""
    if kind != "split" or split.owner_id is None:
        return
    if split.state == "failed" and wallet.is_retry(split):
        if wallet.remedy(split.fail_reason or "", 1) is Remedy.REGISTER:
            receivers.register_again(split.owner_id)
        if _again(split):
            return
    if not any(row.state in OPEN for row in _splits(split.order_id)):
        wallet.request_release(split.order_id)


def _again(split: Split) -> bool:
    """Asks for a failed part anew, to today's receiver; False where nothing can be split."""
    assert split.owner_id is not None
    receiver = receivers.current(split.owner_id)
    ratio = settings().profit_sharing_maximum_bp
    amount = min(split.amount_fen, wallet.possible_split_fen(split.order_id, ratio))
    if receiver is None or not amount:
        return False
    wallet.request_split(
        split.order_id,
        split.owner_id,
        amount,
        account=receiver.account,
        member_id=receiver.member_id,
        ratio_bp=ratio,
        subject_id=split.subject_id,
        description=split.description,
        attempt=split.attempt + 1,
    )
    return True
