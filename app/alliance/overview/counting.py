"""Writes each day's row: by the clock, from what that day's sales, refunds and joiners say.

A day is read through indexes on its moments, and never twice once it is over, however many sales
there are. A sale counts on the day it was paid, a refund on the day it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.alliance.models import Refund, Sale, SaleShare
from app.alliance.overview.models import OverviewDay
from app.core.db import db, in_transaction, read
from app.core.timetable import Unfinished
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, now, start_of_beijing_day
from app.members import service as members

COUNT_SECONDS = 60
GRACE = timedelta(minutes=10)  # a sale paid before midnight may be distributed after it
DAYS_AT_ONCE = 5
BUCKET = bucket_of(PLATFORM_ID)
Fields = dict[str, Any]


def turn() -> int:
    """Duty: counts today, and the days before it that are not closed yet; how many were closed.

    A day that is still open is counted again each time: were it told as work done, whoever works
    until nothing is left to do would never come to an end, as in the ten minutes of grace.
    """
    rows = closed = 0
    for day in _open_days(beijing_day(now())):
        if rows == DAYS_AT_ONCE:
            return Unfinished(closed)
        fields = _counted(day)
        _write(day, fields)
        rows, closed = rows + 1, closed + (fields["closed_at"] is not None)
    return closed


def days(before: date | None, limit: int) -> Sequence[Fields]:
    """Rows before a day, newest first, in the current unit of work or outside."""
    row = OverviewDay
    wanted = select(row.__table__).where(row.bucket == BUCKET)
    if before is not None:
        wanted = wanted.where(row.day < before)
    return [found._asdict() for found in read(wanted.order_by(row.day.desc()).limit(limit))]


def _open_days(today: date) -> list[date]:
    closed = select(func.max(OverviewDay.day)).where(
        OverviewDay.bucket == BUCKET, OverviewDay.closed_at.is_not(None)
    )
    last = read(closed)[0][0]
    first = last + timedelta(days=1) if last else _first_day(today)
    return [first + timedelta(days=number) for number in range((today - first).days + 1)]


def _first_day(today: date) -> date:
    found = [moment for moment in (members.first_joined_at(), _first_paid_at()) if moment]
    return min(beijing_day(min(found)), today) if found else today


def _first_paid_at() -> datetime | None:
    found: datetime | None = read(select(func.min(Sale.paid_at)))[0][0]
    return found


def _counted(day: date) -> Fields:
    start, end = start_of_beijing_day(day), start_of_beijing_day(day + timedelta(days=1))
    moment = now()
    is_over = end + GRACE <= moment
    joined = members.joined_between(start, end)
    return {
        **_sales(start, end),
        **_refunds(start, end),
        "joined": joined,
        "members": _members_before(day, start) + joined,
        "shares": _shares(start, end) if is_over else {},
        "counted_at": moment,
        "closed_at": moment if is_over else None,
    }


def _sales(start: datetime, end: datetime) -> Fields:
    sums = {
        "sold_fen": Sale.amount_fen,
        "prepaid_fen": Sale.principal_fen + Sale.bonus_fen,
        "wechat_fen": Sale.wechat_fen,
        "experience_fen": Sale.experience_fen,
        "concession_fen": Sale.concession_fen,
    }
    columns = [func.coalesce(func.sum(each), 0).label(name) for name, each in sums.items()]
    wanted = select(func.count().label("sales"), *columns).where(
        Sale.paid_at >= start, Sale.paid_at < end
    )
    return {name: int(value) for name, value in read(wanted)[0]._mapping.items()}


def _refunds(start: datetime, end: datetime) -> Fields:
    wanted = select(func.count(), func.coalesce(func.sum(Refund.amount_fen), 0)).where(
        Refund.done_at >= start, Refund.done_at < end
    )
    number, amount = read(wanted)[0]
    return {"refunds": int(number), "refunded_fen": int(amount)}


def _shares(start: datetime, end: datetime) -> dict[str, int]:
    """What each party got of the day's concessions; fallbacks count for the party that was
    named, since that is what the policy said."""
    wanted = (
        select(SaleShare.party, func.sum(SaleShare.amount_fen))
        .join(Sale, (Sale.bucket == SaleShare.bucket) & (Sale.id == SaleShare.sale_id))
        .where(Sale.paid_at >= start, Sale.paid_at < end)
        .group_by(SaleShare.party)
    )
    return {party: int(amount) for party, amount in read(wanted)}


def _members_before(day: date, start: datetime) -> int:
    earlier = select(OverviewDay.members).where(
        OverviewDay.bucket == BUCKET, OverviewDay.day == day - timedelta(days=1)
    )
    found = read(earlier)
    return int(found[0][0]) if found else members.joined_between(None, start)


def _write(day: date, fields: Fields) -> None:
    """Anew while the day is open; another process may have closed it meanwhile."""
    table = OverviewDay.__table__
    statement = insert(table).values(bucket=BUCKET, day=day, **fields)  # type: ignore[arg-type]
    kept = statement.on_conflict_do_update(
        index_elements=["bucket", "day"], set_=fields, where=OverviewDay.closed_at.is_(None)
    )
    in_transaction(lambda: db.session.execute(kept).close())
