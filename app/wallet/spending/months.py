"""A fund's months, closed once and for good, so that a public page adds up few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, beijing_day, now, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.spending.models import FundMonth, Recipient, Spending
from app.wallet.spending.recipients import BUCKET
from app.wallet.treasury import Fund

CLOSE_SECONDS = 3_600.0
SETTLED_AFTER = timedelta(days=1)
"""A journal's moment is that of its unit's begin: by then the last of a month has long ended."""
PUBLIC = (Fund.CHARITY, Fund.CAMPAIGN_FUND)
MONTHS_SHOWN = 36


@dataclass(frozen=True, slots=True)
class Summary:
    """How a fund stands (fen): its months, newest first, and what it holds now."""

    fund: Fund
    balance_fen: int
    months: Sequence[FundMonth]


def close_due() -> int:
    """Duty: closes the months of the funds that have ended at least a day ago; how many."""
    return in_transaction(lambda: sum(_close(fund) for fund in Fund))


def summary(fund: Fund) -> Summary:
    """How a fund stands, in the current unit of work, from its closed months."""
    mine = (FundMonth.bucket == BUCKET, FundMonth.fund == fund)
    newest = select(FundMonth).where(*mine).order_by(FundMonth.month.desc()).limit(MONTHS_SHOWN)
    held = ledger.balances(PLATFORM_ID)[Account[fund.name]].balance_fen
    return Summary(fund, held, db.session.scalars(newest).all())


def told(fund: Fund, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """What a fund has paid, newest first, for everybody: recipient, purpose, receipt, and what
    was undone and why; in the current unit of work."""
    wanted = (
        select(
            Spending.id,
            Spending.amount_fen,
            Spending.purpose,
            Spending.paid_on,
            Spending.receipt_number,
            func.encode(Spending.receipt_hash, "hex").label("receipt_sha256"),
            Spending.undone_at,
            Spending.undo_reason,
            Recipient.name.label("recipient"),
        )
        .join(
            Recipient,
            (Recipient.bucket == Spending.bucket) & (Recipient.id == Spending.recipient_id),
        )
        .where(Spending.bucket == BUCKET, Spending.fund == fund, Spending.journal_id.is_not(None))
    )
    if before is not None:
        wanted = wanted.where(Spending.id < before)
    return db.session.execute(wanted.order_by(Spending.id.desc()).limit(limit)).all()


def public_fund(name: str) -> Fund:
    """One of the funds that everybody may look into. Raises NotFound."""
    if name not in PUBLIC:
        raise NotFound()
    return Fund(name)


def _close(fund: Fund) -> int:
    """Closes what is due of a fund: the first time what is before the last month in one sum."""
    mine = (FundMonth.bucket == BUCKET, FundMonth.fund == fund)
    last = db.session.scalar(
        select(FundMonth).where(*mine).order_by(FundMonth.month.desc()).limit(1)
    )
    ended = _month_before(beijing_day(now() - SETTLED_AFTER).replace(day=1))
    month = _month_after(last.month) if last else ended
    if last is None:
        begin = start_of_beijing_day(month) - timedelta(microseconds=1)
        opening = ledger.balance_at(PLATFORM_ID, Account[fund.name], begin)
    else:
        opening = last.closing_fen
    closed = 0
    while month <= ended:
        opening = _closed(fund, month, opening)
        month, closed = _month_after(month), closed + 1
    return closed


def _closed(fund: Fund, month: date, opening_fen: int) -> int:
    begin, end = start_of_beijing_day(month), start_of_beijing_day(_month_after(month))
    changed = ledger.change(PLATFORM_ID, Account[fund.name], begin, end)
    spent = _spent(fund, begin, end)
    row = FundMonth(
        bucket=BUCKET,
        fund=fund,
        month=month,
        opening_fen=opening_fen,
        in_fen=changed + spent,
        out_fen=spent,
        closing_fen=opening_fen + changed,
        closed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.closing_fen


def _spent(fund: Fund, begin: datetime, end: datetime) -> int:
    """Spent less undone (fen), each when it was posted, as the ledger's own moments have it."""
    kinds = ("fund_spent", "fund_spent.reversed")
    moved = ledger.movements(PLATFORM_ID, Account[fund.name], kinds, begin, end)
    return -sum(each.amount_fen for each in moved)


def _month_after(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month_before(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)
