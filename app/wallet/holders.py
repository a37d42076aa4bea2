"""Who holds prepaid money that a store has issued."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.lots import rows
from app.wallet.models import Lot

PREPAID = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS)


def prepaid_owners(store_ids: Collection[UUID], after: UUID | None, limit: int) -> list[UUID]:
    """To whom these stores have ever issued prepaid money, also who has spent it, in the order of
    their ids, a page at a time."""
    wanted = select(Lot.owner_id).where(Lot.store_id.in_(store_ids), Lot.account.in_(PREPAID))
    if after is not None:
        wanted = wanted.where(Lot.owner_id > after)
    wanted = wanted.distinct().order_by(Lot.owner_id).limit(limit)
    return [row.owner_id for row in rows(wanted)]


def holding(owner_ids: Collection[UUID], store_ids: Collection[UUID]) -> set[UUID]:
    """Which of these still hold some of it."""
    wanted = select(Lot.id, Lot.owner_id, Lot.account)
    wanted = wanted.where(Lot.owner_id.in_(owner_ids), Lot.store_id.in_(store_ids))
    issued = rows(wanted.where(Lot.account.in_(PREPAID)))
    owner_of = {row.id: row.owner_id for row in issued}
    found: set[UUID] = set()
    for account in PREPAID:
        mine = [row.id for row in issued if row.account == account]
        if mine:
            left = ledger.lot_balances(owner_ids, account, mine)
            found |= {owner_of[lot_id] for lot_id in left}
    return found
