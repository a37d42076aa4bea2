"""A refund undoes a sale, or a part of it: each leg goes back to where it came from, at most once
for each fen. Any number of them ends exact (design, "Refunds").

Where the merchant's money does not suffice the refund waits, visibly, and is tried again by the
timetable. Where the money comes from: refund_sources.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import structlog
from flask import Response
from sqlalchemy import func, select

from app.alliance import distribution, payments
from app.alliance.debts import note_debtor
from app.alliance.errors import AlreadyRefunded, NotRefundable, RefundTooLarge
from app.alliance.models import Refund, Sale, SaleShare
from app.alliance.orders import escrow, gift_money, supply_returns
from app.alliance.prepaid import looks
from app.alliance.refunds.sources import Sources, missing_fen, sources_of
from app.alliance.rules import refund_parts
from app.alliance.sales import COLUMN_OF
from app.core import idempotency, outbox
from app.core.db import TryAgain, db, in_transaction, read
from app.core.world import bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import Part

log = structlog.get_logger()
RETRY_BATCH = 50
RETRY_SECONDS = 10


def refund(sale_id: UUID, amount_fen: int | None, reason: str, principal_id: UUID) -> Response:
    """Refunds `amount_fen` of a sale, or all that is left of it. The answer's `status` is `done`,
    or `waiting_funds` while the merchant's money does not suffice.

    Distribution and folding run first, in units of their own. Locks the sale. Raises
    NotRefundable, AlreadyRefunded, RefundTooLarge, TooManyRefunds, PaymentUnknown.
    """
    idempotency.request_key()
    distribution.distribute_sale(sale_id)
    distribution.fold()

    def work() -> tuple[int, dict[str, Any]]:
        sale = _locked(sale_id)
        row = _new_refund(sale, amount_fen, reason, principal_id)
        _complete(row, sale)
        return 201, view(row)

    return idempotency.execute(work)


def retry_waiting() -> int:
    """Tries refunds that wait for the merchant's money again; the number that went through.

    Who waits longest comes first. Where more than RETRY_BATCH wait, lots are drawn for the turn:
    those that cannot go on yet must not keep others from it.
    """
    columns = (Refund.id, Refund.sale_id, Refund.created_at)
    waiting = select(*columns).where(Refund.status == "waiting_funds")
    rows = read(waiting.order_by(func.random()).limit(RETRY_BATCH))
    if not rows:
        return 0
    distribution.fold()
    oldest_first = sorted(rows, key=lambda row: (row.created_at, row.id))
    return sum(_retry(row.id, row.sale_id) for row in oldest_first)


def waiting_count() -> int:
    """How many refunds wait for a merchant's money: the gauge `refunds_waiting`."""
    waiting = Refund.status == "waiting_funds"
    return int(read(select(func.count()).select_from(Refund).where(waiting))[0][0])


def view(row: Refund) -> dict[str, Any]:
    """A refund as staff and payer see it (fen, UTC)."""
    return {
        "id": str(row.id),
        "payment_id": str(row.sale_id),
        "status": row.status,
        "amount_fen": row.amount_fen,
        "reason": row.reason,
        "journal_id": str(row.journal_id) if row.journal_id else None,
        "created_at": row.created_at.isoformat(),
        "done_at": row.done_at.isoformat() if row.done_at else None,
    }


def _retry(refund_id: UUID, sale_id: UUID) -> bool:
    def work() -> bool:
        sale = _locked(sale_id)
        row = db.session.get(Refund, (bucket_of(refund_id), refund_id), populate_existing=True)
        return row is not None and row.status == "waiting_funds" and _complete(row, sale)

    try:
        return in_transaction(work)
    except Exception as error:
        log.error("refund_retry_failed", refund=str(refund_id), exc_info=error)
        return False


def _locked(sale_id: UUID) -> Sale:
    payments.find(sale_id)
    key = (bucket_of(sale_id), sale_id)
    return db.session.get_one(Sale, key, with_for_update=True, populate_existing=True)


def _new_refund(sale: Sale, amount_fen: int | None, reason: str, principal_id: UUID) -> Refund:
    if sale.status not in ("paid", "refunded"):
        raise NotRefundable(payment_status=sale.status)
    number, wanted_fen = _next(sale, amount_fen)
    if sale.distributed_at is None:
        raise TryAgain()
    row = Refund(
        bucket=sale.bucket,
        id=new_id(sale.bucket),
        sale_id=sale.id,
        number=number,
        merchant_id=sale.merchant_id,
        amount_fen=wanted_fen,
        reason=reason,
        requested_by=principal_id,
        status="waiting_funds",
        from_pending_fen=0,
        from_experience_pending_fen=0,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _next(sale: Sale, amount_fen: int | None) -> tuple[int, int]:
    """The number of a further refund of the sale, and its amount in fen."""
    mine = (Refund.bucket == sale.bucket, Refund.sale_id == sale.id)
    earlier = db.session.scalars(select(Refund).where(*mine).order_by(Refund.number)).all()
    left_fen = sale.amount_fen - sum(row.amount_fen for row in earlier)
    if left_fen == 0:
        raise AlreadyRefunded(refund_id=str(earlier[-1].id))
    wanted_fen = left_fen if amount_fen is None else amount_fen
    if wanted_fen > left_fen:
        raise RefundTooLarge(left_fen=left_fen)
    before_sale = len(escrow.returns([sale.id]))
    wallet.check_number_of_refunds(before_sale + len(earlier), wanted_fen, left_fen)
    return len(earlier) + 1, wanted_fen


def _complete(row: Refund, sale: Sale) -> bool:
    """Posts the refund if everything it takes is there; False (and it waits) if not."""
    shares = _shares(sale)
    sources = sources_of(sale, shares, row.amount_fen)
    if sources is None:
        _ask_back(row, sale, missing_fen(sale, shares, row.amount_fen))
        return False
    parts, wechat_fen = _payers_parts(sale, row.amount_fen)
    journal_id = new_id(sale.bucket)
    if sale.gift_fen:
        payer_legs = gift_money.legs_back(sale.id, row.amount_fen, journal_id, is_given_up=True)
    else:
        payer_legs = wallet.give_back_legs(sale.payer_id, parts)
    payer_legs += wallet.clearing_legs(wechat_fen)
    taken = [Leg(to.owner_id, to.account, fen) for to, fen in sources.legs.items() if fen]
    journal = Journal(
        id=journal_id,
        kind="refund",
        reference_id=row.id,
        principal_id=row.requested_by,
        key=f"refund:{row.id}",
        legs=(*payer_legs, *taken),
    )
    row.journal_id = journal.id
    row.purses = _by_purse(parts, wechat_fen)
    _write(row, sale, shares, sources)
    _send_back(row, sale, wechat_fen)
    db.session.flush()
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:  # what was read is gone meanwhile
        raise TryAgain() from error
    return True


def _ask_back(row: Refund, sale: Sale, wanted_fen: int) -> None:
    """Where the merchant got its part by a split, what is lacking is taken back (fact D10)."""
    link = payments.order_of(sale.id) if sale.wechat_fen and wanted_fen else None
    if link is not None:
        wallet.request_returns(link.order_id, wanted_fen, row.reason)


def _write(row: Refund, sale: Sale, shares: list[SaleShare], sources: Sources) -> None:
    moment = now()
    row.status, row.done_at = "done", moment
    row.from_pending_fen = sources.from_pending_fen
    row.from_experience_pending_fen = sources.from_experience_pending_fen
    row.net_fen, row.experience_fen = sources.net_fen, sources.experience_fen
    sale.refunded_fen += row.amount_fen
    if sale.left_fen == 0:
        sale.status = "refunded"
    for share, fen in zip(shares, sources.share_fen, strict=True):
        share.refunded_fen += fen
        if share.refunded_fen == share.amount_fen:
            share.reversed_at = moment
    if sources.supplied is not None and sources.supplied.amount_fen:
        supply_returns.note(row, sources.supplied)
    for to, fen in sources.legs.items():
        if to.account is Account.CLAWBACK_DUE and fen:
            note_debtor(to.owner_id)


def _send_back(row: Refund, sale: Sale, wechat_fen: int) -> None:
    link = payments.order_of(sale.id) if wechat_fen else None
    if link is not None:
        wallet.refund_order(link.order_id, row.id, wechat_fen, row.reason)
    looks.touch_persons([sale.payer_id])
    payload = {"sale_id": str(sale.id), "refund_id": str(row.id)}
    outbox.emit("sale.refunded", payload, bucket=sale.bucket)


def _shares(sale: Sale) -> list[SaleShare]:
    mine = (SaleShare.bucket == sale.bucket, SaleShare.sale_id == sale.id)
    statement = select(SaleShare).where(*mine).order_by(SaleShare.party).with_for_update()
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def _payers_parts(sale: Sale, amount_fen: int) -> tuple[list[Part], int]:
    """What of a refund goes to which purse and lot, and what through WeChat (fen)."""
    gave = _parts(sale)
    whole = [*(part.amount_fen for part in gave), sale.wechat_fen]
    *back, wechat_fen = refund_parts(whole, sale.refunded_fen, amount_fen)
    parts = [
        Part(part.account, fen, part.lot_id) for part, fen in zip(gave, back, strict=True) if fen
    ]
    return parts, wechat_fen


def _by_purse(parts: list[Part], wechat_fen: int) -> dict[str, int]:
    """What goes back where, for the merchant's statement (fen)."""
    amounts: Counter[str] = Counter({"wechat": wechat_fen})
    for part in parts:
        amounts[COLUMN_OF[part.account].removesuffix("_fen")] += part.amount_fen
    return {purse: fen for purse, fen in amounts.items() if fen}


def _parts(sale: Sale) -> list[Part]:
    """What the purses gave, by lot: from the hold of a combined payment, else from the sale; for an
    order what of it had not gone back before the sale."""
    order = escrow.find(sale.id)
    if order is not None:
        return escrow.parts_left(order)
    link = payments.order_of(sale.id) if sale.wechat_fen else None
    journal_id = link.hold_journal_id if link else sale.journal_id
    if journal_id is None:
        return []
    legs = ledger.journal(journal_id).journal.legs
    return [
        Part(leg.account, -leg.amount_fen, leg.lot_id)
        for leg in legs
        if leg.owner_id == sale.payer_id and leg.account in COLUMN_OF and leg.amount_fen < 0
    ]
