"""Which queue a campaign pays, its places, and its days. In the current unit of work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.benefits import campaigns, pauses, pots
from app.benefits.contract import Funder, Terms
from app.benefits.models import Campaign
from app.benefits.queue_subsidy.counting import Change
from app.benefits.queue_subsidy.errors import QueuePoolTaken, QueueUnknown, QueueWaits
from app.benefits.queue_subsidy.models import Queue, QueueCampaign, QueueDay, QueuePlace
from app.core.db import db, one_at_a_time
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now

NAME = "queue_subsidy"
BUCKET = bucket_of(PLATFORM_ID)


def take_turns(what: str) -> None:
    """One unit of work at a time does this, until it ends."""
    one_at_a_time(f"queue_subsidy/{what}")


def open_queue(terms: Terms) -> None:
    """Gives a campaign that is being published its queue: a new one, or that of the campaign it
    continues. Raises QueuePoolTaken, QueueUnknown; QueueWaits where people would be forgotten."""
    take_turns("publishing")
    other = db.session.scalar(
        select(Campaign.id).where(
            Campaign.funder == Funder.QUEUE_POOL,
            Campaign.status.in_(("published", "paused")),
            Campaign.id != terms.id,
            Campaign.starts_at < terms.ends_at,
            Campaign.ends_at > max(terms.starts_at, now()),
        )
    )
    if other is not None:
        raise QueuePoolTaken(campaign_id=str(other))
    queue_id = _continued(terms) or _new_queue()
    db.session.add(QueueCampaign(bucket=BUCKET, campaign_id=terms.id, queue_id=queue_id))
    db.session.flush()


def queue_of(campaign_id: UUID) -> UUID | None:
    """The queue that a campaign pays; None before it is published."""
    found = db.session.get(QueueCampaign, (BUCKET, campaign_id))
    return found.queue_id if found is not None else None


def covering(moment: datetime) -> Terms | None:
    """The campaign in which a purchase of a UTC moment takes a place; none during a pause."""
    for terms in campaigns.published(NAME, moment):
        if not pauses.was_paused(terms.id, moment):
            return terms
    return None


def current() -> Terms | None:
    """The campaign that pays the queue now, else the one that began last; None before the first."""
    moment = now()
    begun = select(Campaign.id).where(
        Campaign.benefit == NAME, Campaign.published_at.is_not(None), Campaign.starts_at <= moment
    )
    found = db.session.scalar(
        begun.order_by(Campaign.starts_at.desc(), Campaign.id.desc()).limit(1)
    )
    return campaigns.terms(found) if found is not None else None


def pot_fen(queue_id: UUID) -> int:
    """What the pots of a queue's campaigns hold, in fen."""
    its = select(QueueCampaign.campaign_id).where(QueueCampaign.queue_id == queue_id)
    return sum(pots.left_fen(each) for each in db.session.scalars(its))


def next_ticket(queue_id: UUID, target_fen: int) -> tuple[int, int]:
    """The next number, and what all before it were to get (fen). Locks the queue until the
    current unit ends, so that numbers have no gaps."""
    row = db.session.get_one(
        Queue, (bucket_of(queue_id), queue_id), with_for_update=True, populate_existing=True
    )
    number, before_fen = row.next_number, row.targets_fen
    row.next_number, row.targets_fen = number + 1, before_fen + target_fen
    db.session.flush()
    return number, before_fen


def is_waited_for(queue_id: UUID) -> bool:
    """Whether anybody waits. Takes no lock: whoever pays locks places before the campaign."""
    waiting = exists().where(QueuePlace.queue_id == queue_id, QueuePlace.state == "waiting")
    return bool(db.session.scalar(select(waiting)))


def front(queue_id: UUID, count: int) -> Sequence[QueuePlace]:
    """The first places that wait, locked in their order."""
    waiting = select(QueuePlace).where(
        QueuePlace.queue_id == queue_id, QueuePlace.state == "waiting"
    )
    return db.session.scalars(
        waiting.order_by(QueuePlace.number)
        .limit(count)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def locked(place_ids: Collection[UUID]) -> Sequence[QueuePlace]:
    """Places, locked in the order of their numbers."""
    wanted = select(QueuePlace).where(
        QueuePlace.bucket.in_({bucket_of(each) for each in place_ids}), QueuePlace.id.in_(place_ids)
    )
    return db.session.scalars(
        wanted.order_by(QueuePlace.number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def left(row: QueuePlace) -> Change:
    """Takes a locked place that waits out of the queue, with what it got until then."""
    left_fen = row.left_fen
    row.target_fen = row.paid_fen - row.taken_fen
    row.state, row.finished_at = "paid" if row.target_fen else "left", now()
    return Change(row.number, is_gone=True, settled_fen=left_fen)


def note_day(queue_id: UUID, **amounts: int) -> None:
    """Adds to what is told of today: the last thing a unit does, since all units write this row."""
    values = {"bucket": BUCKET, "queue_id": queue_id, "day": beijing_day(now())}
    zeros = dict.fromkeys(("in_fen", "out_fen", "back_fen", "places", "targets_fen"), 0)
    balance_fen = pot_fen(queue_id)
    made = upsert(QueueDay).values(values | zeros | amounts | {"balance_fen": balance_fen})
    sums = {name: getattr(QueueDay, name) + amount for name, amount in amounts.items()}
    keys = ["bucket", "queue_id", "day"]
    db.session.execute(
        made.on_conflict_do_update(index_elements=keys, set_=sums | {"balance_fen": balance_fen})
    )


def note_returned(terms: Terms, amount_fen: int) -> None:
    """What goes back to the pool did not come in: a campaign that continues the queue is fed with
    it once more."""
    queue_id = queue_of(terms.id)
    if queue_id is not None:
        note_day(queue_id, in_fen=-amount_fen)


def came_in(queue_id: UUID, days: int) -> list[int]:
    """What came in on each whole day of late since the queue was opened (fen), newest first;
    below 0 where more went back to the pool."""
    today = beijing_day(now())
    opened = db.session.get_one(Queue, (bucket_of(queue_id), queue_id)).created_at
    known = select(QueueDay.day, QueueDay.in_fen).where(
        QueueDay.queue_id == queue_id, QueueDay.day < today, QueueDay.day >= today - _days(days)
    )
    found = {row.day: row.in_fen for row in db.session.execute(known)}
    first = beijing_day(opened)
    wanted = [today - _days(back) for back in range(1, days + 1)]
    return [found.get(day, 0) for day in wanted if day > first]


def fed_since(day: date) -> int:
    """What queues took from the pool after a Beijing day and did not give back, in fen."""
    taken = select(QueueDay.in_fen).where(QueueDay.day > day)
    return sum(db.session.scalars(taken))


def _continued(terms: Terms) -> UUID | None:
    if terms.settings.continues is not None:
        found = queue_of(terms.settings.continues)
        if found is None:
            raise QueueUnknown()
        return found
    latest = db.session.scalar(select(Queue).order_by(Queue.created_at.desc()).limit(1))
    if latest is not None and not terms.settings.starts_new and is_waited_for(latest.id):
        its = select(QueueCampaign.campaign_id).where(QueueCampaign.queue_id == latest.id)
        raise QueueWaits(campaign_id=str(db.session.scalar(its.limit(1))))
    return None


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _new_queue() -> UUID:
    row = Queue(bucket=BUCKET, id=new_id(BUCKET), next_number=1, targets_fen=0, created_at=now())
    db.session.add(row)
    db.session.flush()
    return row.id
