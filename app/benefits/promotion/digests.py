"""Promoters are told once a day what became of their commissions, not at each purchase.

What happens is added up by business day (Asia/Shanghai); a day is told the next morning.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.benefits import news
from app.benefits.contract import News
from app.benefits.models import Grant
from app.benefits.promotion.fitness import people_of
from app.benefits.promotion.links import NAME
from app.benefits.promotion.models import Digest
from app.core.db import db, in_transaction
from app.core.units import yuan
from app.core.world import beijing_day, bucket_of, now, start_of_beijing_day
from app.members import service as members

TELL_SECONDS = 300
MORNING = timedelta(hours=8)
BATCH = 200
DAY = "day:"


def note(member_id: UUID, at: datetime | None = None, **figures: int) -> None:
    """Adds figures (fen, counts) to a promoter's day, today's or that of a UTC moment, in the
    current unit of work."""
    key = {"bucket": bucket_of(member_id), "member_id": member_id, "day": beijing_day(at or now())}
    grown = {name: getattr(Digest, name) + figure for name, figure in figures.items()}
    new = insert(Digest).values(**key, **figures)
    if grown:
        kept = new.on_conflict_do_update(
            index_elements=[Digest.bucket, Digest.member_id, Digest.day], set_=grown
        )
    else:
        kept = new.on_conflict_do_nothing()
    db.session.execute(kept)


def tell_due() -> int:
    """Duty: tells of the days that are over, from eight in the morning; how many."""
    return in_transaction(_tell)


def worded(member_id: UUID, what: str) -> News:
    """A day of a promoter's in words."""
    day = date.fromisoformat(what.removeprefix(DAY))
    row = db.session.get(Digest, (bucket_of(member_id), member_id, day))
    freed = freed_fen(member_id, day)
    zh, en = [], []
    if row is not None and row.sales:
        zh.append(f"成交{row.sales}笔，佣金{yuan(row.earned_fen)}元（冻结期满后可用）")
        en.append(f"{row.sales} purchases, commission {yuan(row.earned_fen)} yuan (frozen first)")
    if freed:
        zh.append(f"解冻{yuan(freed)}元")
        en.append(f"{yuan(freed)} yuan freed")
    if row is not None and row.taken_back_fen:
        zh.append(f"因退款收回{yuan(row.taken_back_fen)}元")
        en.append(f"{yuan(row.taken_back_fen)} yuan taken back with refunds")
    if row is not None and row.closed_fen:
        zh.append(f"商家预算不足且活动已结束，{yuan(row.closed_fen)}元未能支付")
        en.append(f"{yuan(row.closed_fen)} yuan not paid: the programme ended without the money")
    told = f"{day.month}月{day.day}日 " + ("；".join(zh) or "没有变化")
    return News("推广日报", told, "Promotion", f"{day.isoformat()}: " + ("; ".join(en) or "—"))


def freed_fen(member_id: UUID, day: date) -> int:
    """What of a promoter's commissions was freed on a business day, less what went back."""
    begins, ends = start_of_beijing_day(day), start_of_beijing_day(day + timedelta(days=1))
    people = people_of(member_id)
    total = func.coalesce(func.sum(Grant.amount_fen - Grant.taken_back_fen), 0)
    mine = (
        Grant.bucket.in_({bucket_of(each) for each in people}),
        Grant.owner_id.in_(people),
        Grant.benefit == NAME,
        Grant.released_at >= begins,
        Grant.released_at < ends,
    )
    return int(db.session.scalar(select(total).where(*mine)) or 0)


def forget(member_id: UUID) -> None:
    """Deletes a member's days."""
    mine = (Digest.bucket == bucket_of(member_id), Digest.member_id == member_id)
    gone = delete(Digest).where(*mine)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _tell() -> int:
    last = beijing_day(now() - MORNING) - timedelta(days=1)
    due = select(Digest).where(Digest.told_at.is_(None), Digest.day <= last)
    rows = db.session.scalars(
        due.order_by(Digest.day).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.told_at = now()
        if _has_news(row):
            told = members.today(row.member_id)
            news.tell(NAME, told, row.member_id, f"{DAY}{row.day.isoformat()}")
    db.session.flush()
    return len(rows)


def _has_news(row: Digest) -> bool:
    happened = row.sales or row.taken_back_fen or row.closed_fen
    return bool(happened) or freed_fen(row.member_id, row.day) > 0
