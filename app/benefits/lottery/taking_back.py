"""Takes prizes back whose chance is gone: entirely, and again until it succeeds."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.alliance import service as alliance
from app.benefits import grants, news
from app.benefits.lottery.models import LotteryDraw
from app.core.db import db, in_transaction, read
from app.core.world import bucket_of, now

log = structlog.get_logger()
NAME = "lottery"
SECONDS = 60
BATCH = 100
REASON = "对应的消费已退款，奖品收回"
DUE = (
    LotteryDraw.voided_at.is_not(None),
    LotteryDraw.grant_id.is_not(None),
    LotteryDraw.taken_back_at.is_(None),
)


def work_off() -> int:
    """Duty: takes back what could not be taken back at once; how many were. In any order, so that
    what fails again and again keeps nothing else waiting."""
    before = waiting()
    rows = read(select(LotteryDraw.id).where(*DUE).order_by(func.random()).limit(BATCH))
    for row in rows:
        attempt(row.id)
    return max(0, before - waiting())


def waiting() -> int:
    """How many prizes are still to be taken back: the gauge `prizes_to_take_back`."""
    return int(read(select(func.count()).select_from(LotteryDraw).where(*DUE))[0][0])


def attempt(draw_id: UUID) -> None:
    """Takes a void draw's prize back in a unit of its own; what fails is tried again later."""
    try:
        in_transaction(partial(take_back, draw_id))
    except Exception as error:
        log.error("prize_not_taken_back", draw=str(draw_id), exc_info=error)


def take_back(draw_id: UUID) -> None:
    """Takes a void draw's prize back, once, in the current unit; goods on their way when they have
    arrived. Locks the draw, its order, the grant, then the campaign (shared)."""
    row = db.session.scalar(
        select(LotteryDraw)
        .where(LotteryDraw.bucket == bucket_of(draw_id), LotteryDraw.id == draw_id, *DUE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.grant_id is None:
        return
    given = grants.find(row.grant_id)
    if given.order_id is not None and not alliance.call_gift_back(given.order_id, REASON):
        return
    grants.take_back(given.id, given.amount_fen)
    row.taken_back_at = now()
    news.tell(NAME, given.owner_id, row.id, "taken_back")
    db.session.flush()
