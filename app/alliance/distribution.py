"""The second journal of a sale: its concession goes to everybody who has a share.

In batches, exactly once for each sale: the sale's row is locked while its journal is posted, and
the journal's key names the sale. Runs on the timetable, by any number of processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Table, func, select, update

from app.alliance import parties, terms
from app.alliance.debts import debts_of
from app.alliance.difference import pairs
from app.alliance.models import Sale, SaleShare
from app.alliance.parties import Receiver
from app.alliance.prepaid import looks
from app.alliance.rules import Earner, Party, Share, share_out
from app.core import outbox
from app.core.config import settings
from app.core.db import NewRow, TryAgain, db, in_transaction, insert, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger.service import Account, InsufficientFunds, Journal, Leg, fold_and_seal, post

log = structlog.get_logger()
BATCH = 256
RELEASE_BATCH = 500
FOLD_BATCH = 2_000
DISTRIBUTE_SECONDS = 0.3
RELEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One share of one sale, where it goes, and how much of it pays an older debt."""

    sale_id: UUID
    share: Share
    receiver: Receiver
    collected_fen: int


def distribute(limit: int = BATCH) -> int:
    """Distributes up to `limit` sales in a unit of its own; the number done.

    A batch that fails is tried sale by sale, so that one bad sale holds up no other.
    """
    try:
        return in_transaction(lambda: _distribute(_undistributed(limit)))
    except Exception as error:
        log.warning("distribution_batch_failed", exc_info=error)
    return sum(_alone(sale_id) for sale_id in _waiting(limit))


def distribute_sale(sale_id: UUID) -> bool:
    """Distributes one sale in a unit of its own, if that has not happened; whether it did now."""
    chosen = (Sale.bucket == bucket_of(sale_id), Sale.id == sale_id)
    statement = select(Sale).where(*chosen, *_OPEN).with_for_update()
    return in_transaction(lambda: _distribute(db.session.scalars(statement).all())) > 0


def fold() -> None:
    """Brings what has been posted so far into the balances that a debit looks at."""
    while fold_and_seal(FOLD_BATCH) >= FOLD_BATCH:
        pass


def undistributed() -> int:
    """How many sales wait for their distribution: the gauge `sales_undistributed`."""
    return int(read(select(func.count()).select_from(Sale).where(*_OPEN))[0][0])


def release() -> int:
    """Frees shares whose freeze is over, in a unit of its own; the number of shares freed.

    A batch that fails is tried owner by owner, so that one bad share holds up nobody else's.
    """
    try:
        return in_transaction(lambda: _release(*_frozen()))
    except Exception as error:
        log.warning("release_batch_failed", exc_info=error)
    return sum(_release_of(owner_id) for owner_id in _owners_waiting())


def releases_overdue() -> int:
    """How many shares should have been freed an hour ago: the gauge `rebates_overdue`."""
    late = now() - timedelta(hours=1)
    return int(read(select(func.count()).where(*_frozen(), SaleShare.release_at < late))[0][0])


_OPEN = (Sale.paid_at.is_not(None), Sale.distributed_at.is_(None))


def _undistributed(limit: int) -> Sequence[Sale]:
    statement = select(Sale).where(*_OPEN).order_by(Sale.paid_at).limit(limit)
    return db.session.scalars(statement.with_for_update(skip_locked=True)).all()


def _waiting(limit: int) -> list[UUID]:
    return [
        row.id for row in read(select(Sale.id).where(*_OPEN).order_by(Sale.paid_at).limit(limit))
    ]


def _alone(sale_id: UUID) -> int:
    try:
        return int(distribute_sale(sale_id))
    except Exception as error:
        log.error("distribution_failed", sale=str(sale_id), exc_info=error)
        return 0


def _distribute(sales: Sequence[Sale]) -> int:
    if not sales:
        return 0
    moment = now()
    lines = _lines(sales)
    by_sale: dict[UUID, list[Line]] = {}
    for line in lines:
        by_sale.setdefault(line.sale_id, []).append(line)
    letters = (
        outbox.rows("sale.distributed", {"sale_id": str(sale.id)}, bucket=sale.bucket)
        for sale in sales
    )
    looks.touch({sale.payer_id for sale in sales if sale.principal_fen or sale.bonus_fen})
    insert([_share_row(line, moment) for line in lines])
    insert([row for letter in letters for row in letter])
    insert(pairs.rows_for(sales))
    db.session.execute(
        update(Sale)
        .where(Sale.id.in_([sale.id for sale in sales]))
        .where(Sale.bucket.in_({sale.bucket for sale in sales}))
        .values(distributed_at=moment)
        .execution_options(synchronize_session=False)
    )
    try:
        post([_journal(sale, by_sale[sale.id]) for sale in sales if sale.id in by_sale])
    except InsufficientFunds as error:  # an older debt was collected meanwhile by another batch
        raise TryAgain() from error
    return len(sales)


def _lines(sales: Sequence[Sale]) -> list[Line]:
    earners = parties.earners_of(sales)
    shared: list[tuple[UUID, Share, Receiver]] = []
    for sale in sales:
        if sale.concession_fen:
            mine = earners[sale.id]
            shares = share_out(sale.concession_fen, terms.policy(sale.policy_id), mine)
            shared += [(sale.id, share, _receiver(share, mine)) for share in shares]
    debts = debts_of({receiver.owner_id for _, _, receiver in shared})
    lines = []
    for sale_id, share, receiver in shared:
        collected = 0
        if receiver.account is Account.REBATE_PENDING:
            collected = min(share.amount_fen, debts.get(receiver.owner_id, 0))
            debts[receiver.owner_id] = debts.get(receiver.owner_id, 0) - collected
        lines.append(Line(sale_id, share, receiver, collected))
    return lines


def _receiver(share: Share, earners: dict[Party, Earner]) -> Receiver:
    return parties.receiver_of(share.receiver, earners)


def _journal(sale: Sale, lines: Sequence[Line]) -> Journal:
    amounts: Counter[Receiver] = Counter()
    for line in lines:
        amounts[line.receiver] += line.share.amount_fen - line.collected_fen
        amounts[Receiver(line.receiver.owner_id, Account.CLAWBACK_DUE)] += line.collected_fen
    legs = [Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, -sale.concession_fen)]
    legs += [Leg(to.owner_id, to.account, fen) for to, fen in amounts.items() if fen]
    return Journal(
        id=new_id(sale.bucket),
        kind="distribution",
        reference_id=sale.id,
        principal_id=SYSTEM_ID,
        key=f"distribution:{sale.id}",
        legs=tuple(legs),
    )


def _share_row(line: Line, moment: datetime) -> NewRow:
    is_frozen = line.receiver.account is Account.REBATE_PENDING
    release_at = moment + timedelta(days=settings().rebate_freeze_days) if is_frozen else None
    table = SaleShare.__table__
    assert isinstance(table, Table)
    values: dict[str, Any] = {
        "bucket": bucket_of(line.sale_id),
        "sale_id": line.sale_id,
        "party": line.share.party.value,
        "receiver": line.share.receiver.value,
        "reason": line.share.reason,
        "owner_id": line.receiver.owner_id,
        "amount_fen": line.share.amount_fen,
        "collected_fen": line.collected_fen,
        "release_at": release_at,
    }
    return NewRow(table, values)


def _frozen() -> tuple[Any, ...]:
    return (
        SaleShare.release_at <= now(),
        SaleShare.released_at.is_(None),
        SaleShare.reversed_at.is_(None),
    )


def _owners_waiting() -> list[UUID]:
    statement = select(SaleShare.owner_id).where(*_frozen()).distinct().limit(RELEASE_BATCH)
    return [row.owner_id for row in read(statement)]


def _release_of(owner_id: UUID) -> int:
    try:
        return in_transaction(lambda: _release(*_frozen(), SaleShare.owner_id == owner_id))
    except Exception as error:
        log.error("release_failed", owner=str(owner_id), exc_info=error)
        return 0


def _release(*conditions: Any) -> int:
    moment = now()
    due = select(SaleShare).where(*conditions).order_by(SaleShare.release_at).limit(RELEASE_BATCH)
    shares = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    by_owner: dict[UUID, list[SaleShare]] = {}
    for share in shares:
        share.released_at = moment
        by_owner.setdefault(share.owner_id, []).append(share)
    db.session.flush()
    post([journal for owner, mine in by_owner.items() if (journal := _freeing(owner, mine))])
    return len(shares)


def _freeing(owner_id: UUID, shares: Sequence[SaleShare]) -> Journal | None:
    amount = sum(share.free_fen for share in shares)
    if not amount:
        return None
    first = shares[0]
    return Journal(
        id=new_id(bucket_of(owner_id)),
        kind="rebate_release",
        reference_id=first.sale_id,
        principal_id=SYSTEM_ID,
        key=f"release:{first.sale_id}:{first.party}",
        legs=(
            Leg(owner_id, Account.REBATE_PENDING, -amount),
            Leg(owner_id, Account.REBATE, amount),
        ),
    )
