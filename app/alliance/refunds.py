"""A refund undoes a sale: each leg goes back to where it came from, at most once for each fen.

The merchant's part comes from `pending`, `available` and `deposit`, in this order; where they do
not suffice the refund waits, visibly, and is tried again by the timetable. Shares come back from
where they lie; what an earner has spent is owed (`clawback_due`), what a fund has spent is
`operations`' loss (design, "Refunds").
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from flask import Response
from sqlalchemy import func, select

from app.alliance import distribution, payments
from app.alliance.debts import note_debtor
from app.alliance.errors import AlreadyRefunded, NotRefundable, PartialRefundNotOffered
from app.alliance.models import Refund, Sale, SaleShare
from app.alliance.parties import FUND_ACCOUNTS, Receiver
from app.alliance.rules import Party, split_over
from app.alliance.sales import COLUMN_OF
from app.core import idempotency, outbox
from app.core.db import TryAgain, db, in_transaction, read
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Balances, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import Part

log = structlog.get_logger()
RETRY_BATCH = 50
RETRY_SECONDS = 10


@dataclass(slots=True)
class Sources:
    """What a refund takes from where; `from_…_fen` lower the merchant's next settlement."""

    legs: Counter[Receiver]
    from_pending_fen: int = 0
    from_experience_pending_fen: int = 0


def refund(sale_id: UUID, amount_fen: int | None, reason: str, principal_id: UUID) -> Response:
    """Refunds a whole sale, once. The answer's `status` is `done`, or `waiting_funds` while the
    merchant's money does not suffice.

    Distribution and folding run first, in units of their own. Raises NotRefundable,
    AlreadyRefunded, PartialRefundNotOffered, PaymentUnknown.
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

    Drawn by lot where many wait: those that cannot go on yet must not keep others from it.
    """
    waiting = select(Refund.id, Refund.sale_id).where(Refund.status == "waiting_funds")
    rows = read(waiting.order_by(func.random()).limit(RETRY_BATCH))
    if not rows:
        return 0
    distribution.fold()
    return sum(_retry(row.id, row.sale_id) for row in rows)


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
    mine = (Refund.bucket == sale.bucket, Refund.sale_id == sale.id)
    earlier = db.session.scalar(select(Refund.id).where(*mine))
    if earlier is not None:
        raise AlreadyRefunded(refund_id=str(earlier))
    if sale.status != "paid":
        raise NotRefundable(payment_status=sale.status)
    if amount_fen is not None and amount_fen != sale.amount_fen:
        raise PartialRefundNotOffered(amount_fen=sale.amount_fen)
    if sale.distributed_at is None:
        raise TryAgain()
    row = Refund(
        bucket=sale.bucket,
        id=new_id(sale.bucket),
        sale_id=sale.id,
        number=1,
        merchant_id=sale.merchant_id,
        amount_fen=sale.amount_fen,
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


def _complete(row: Refund, sale: Sale) -> bool:
    """Posts the refund if everything it takes is there; False (and it waits) if not."""
    shares = _shares(sale)
    sources = _sources(sale, shares)
    if sources is None:
        return False
    payer_legs = wallet.give_back_legs(sale.payer_id, _parts(sale))
    payer_legs += wallet.clearing_legs(sale.wechat_fen)
    taken = [Leg(to.owner_id, to.account, fen) for to, fen in sources.legs.items() if fen]
    journal = Journal(
        id=new_id(sale.bucket),
        kind="refund",
        reference_id=row.id,
        principal_id=row.requested_by,
        key=f"refund:{row.id}",
        legs=(*payer_legs, *taken),
    )
    _write(row, sale, shares, sources, journal.id)
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:  # what was read is gone meanwhile
        raise TryAgain() from error
    return True


def _write(
    row: Refund, sale: Sale, shares: list[SaleShare], sources: Sources, journal_id: UUID
) -> None:
    moment = now()
    row.status, row.journal_id, row.done_at = "done", journal_id, moment
    row.from_pending_fen = sources.from_pending_fen
    row.from_experience_pending_fen = sources.from_experience_pending_fen
    sale.status = "refunded"
    for share in shares:
        share.reversed_at = moment
    db.session.flush()
    for to, fen in sources.legs.items():
        if to.account is Account.CLAWBACK_DUE and fen:
            note_debtor(to.owner_id)
    link = payments.order_of(sale.id) if sale.wechat_fen else None
    if link is not None:
        wallet.refund_order(link.order_id, row.id, sale.wechat_fen, row.reason)
    payload = {"sale_id": str(sale.id), "refund_id": str(row.id)}
    outbox.emit("sale.refunded", payload, bucket=sale.bucket)


def _shares(sale: Sale) -> list[SaleShare]:
    mine = (SaleShare.bucket == sale.bucket, SaleShare.sale_id == sale.id)
    statement = select(SaleShare).where(*mine).order_by(SaleShare.party).with_for_update()
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def _parts(sale: Sale) -> list[Part]:
    """What the purses gave, by lot: from the hold of a combined payment, else from the sale."""
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


def _sources(sale: Sale, shares: list[SaleShare]) -> Sources | None:
    """Where the money of a refund comes from; None if merchant or platform have too little."""
    found = Sources(Counter())
    is_covered = _take_from_merchant(sale, found)
    funds = ledger.balances(PLATFORM_ID)
    short_fen = 0
    purses: dict[UUID, int] = {}
    for share in shares:
        if share.release_at is None:
            account = FUND_ACCOUNTS.get(Party(share.receiver), Account.OPERATIONS)
            short_fen += _take_from_fund(account, share.amount_fen, funds, found)
        else:
            _take_from_earner(share, purses, found)
    operations = Receiver(PLATFORM_ID, Account.OPERATIONS)
    found.legs[operations] -= short_fen
    is_covered &= funds[Account.OPERATIONS].balance_fen + found.legs[operations] >= 0
    return found if is_covered else None


def _take_from_merchant(sale: Sale, found: Sources) -> bool:
    held = ledger.balances(sale.merchant_id)
    order = (Account.PENDING, Account.AVAILABLE, Account.DEPOSIT)
    *net, missing = split_over(sale.net_fen, [held[account].balance_fen for account in order])
    left = [held[account].balance_fen - fen for account, fen in zip(order, net, strict=True)]
    experience_order = (Account.EXPERIENCE_PENDING, Account.AVAILABLE, Account.DEPOSIT)
    limits = [held[Account.EXPERIENCE_PENDING].balance_fen, left[1], left[2]]
    *experience, lacking = split_over(sale.experience_fen, limits)
    taken = [*zip(order, net, strict=True), *zip(experience_order, experience, strict=True)]
    for account, fen in taken:
        found.legs[Receiver(sale.merchant_id, account)] -= fen
    found.from_pending_fen = net[0]
    found.from_experience_pending_fen = experience[0]
    return missing + lacking == 0


def _take_from_fund(account: Account, amount_fen: int, funds: Balances, found: Sources) -> int:
    receiver = Receiver(PLATFORM_ID, account)
    held = funds[account].balance_fen + found.legs[receiver]
    taken, missing = split_over(amount_fen, [held])
    found.legs[receiver] -= taken
    return missing


def _take_from_earner(share: SaleShare, purses: dict[UUID, int], found: Sources) -> None:
    owner = share.owner_id
    owed = share.collected_fen
    if share.released_at is None:
        frozen = share.amount_fen - share.collected_fen
        found.legs[Receiver(owner, Account.REBATE_PENDING)] -= frozen
    else:
        if owner not in purses:
            purses[owner] = ledger.balances(owner)[Account.REBATE].balance_fen
        freed = share.amount_fen - share.collected_fen
        taken, missing = split_over(freed, [purses[owner]])
        purses[owner] -= taken
        found.legs[Receiver(owner, Account.REBATE)] -= taken
        owed += missing
    found.legs[Receiver(owner, Account.CLAWBACK_DUE)] -= owed
