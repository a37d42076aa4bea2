"""Queues as members, staff and everybody see them. Reads only, in the current unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.benefits import pots
from app.benefits.contract import Figure, Terms
from app.benefits.queue_subsidy import counting, queues, rules, service
from app.benefits.queue_subsidy.models import Queue, QueueDay, QueuePlace
from app.benefits.queue_subsidy.rules import Estimate
from app.benefits.queue_subsidy.wording import PROMISE, PROMISE_EN
from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members

Fields = dict[str, Any]
OWN_SHOWN = 5


def own(
    member_id: UUID, after: int = 0, limit: int = 20, *, is_waiting: bool | None = None
) -> Fields:
    """The member's places in the queue that is paid now, or was last, and their account."""
    terms = queues.current()
    queue_id = queues.queue_of(terms.id) if terms is not None else None
    if terms is None or queue_id is None:
        return _nothing()
    people = members.everyone_of(member_id)
    rows = _places(queue_id, people, after, limit + 1, is_waiting)
    waiting = _waiting_of(queue_id, people)
    return {
        "campaign": campaign(terms),
        "account": _account(terms, queue_id, member_id, people),
        "waiting_places": waiting[0],
        "waiting_fen": waiting[1],
        "pot_fen": pots.left_fen(terms.id),
        "places": shown(terms, queue_id, rows[:limit]),
        "next": rows[limit - 1].number if len(rows) > limit else None,
        "promise": PROMISE,
        "promise_en": PROMISE_EN,
    }


def shown(terms: Terms, queue_id: UUID, rows: Sequence[QueuePlace]) -> list[Fields]:
    """Places with where they stand, asked of the counts in one question."""
    waiting = [row for row in rows if row.state == "waiting"]
    counted = counting.before(queue_id, [row.number for row in waiting]) if waiting else {}
    lately = queues.came_in(queue_id, rules.DAYS_LOOKED_AT) if waiting else []
    pot_fen = pots.left_fen(terms.id) if waiting else 0
    found = []
    for row in rows:
        gone = counted.get(row.number)
        ahead_fen = row.before_fen - gone.settled_fen if gone is not None else None
        found.append(
            {
                **{name: getattr(row, name) for name in _PLACE},
                "paid_fen": row.paid_fen - row.taken_fen,
                "position": row.number - gone.gone if gone is not None else None,
                "ahead_fen": ahead_fen,
                "estimate": _estimate(terms, row, ahead_fen, pot_fen, lately),
            }
        )
    return found


def pool(before: date | None, limit: int) -> Fields:
    """The queue for everybody: what is collected, what can be paid, who waits (no names), and
    what came in and went out day by day."""
    terms = queues.current()
    queue_id = queues.queue_of(terms.id) if terms is not None else None
    days = select(QueueDay).order_by(QueueDay.day.desc(), QueueDay.queue_id).limit(limit + 1)
    if before is not None:
        days = days.where(QueueDay.day < before)
    rows = db.session.scalars(days.where(QueueDay.queue_id == queue_id)).all() if queue_id else []
    return {
        "campaign": campaign(terms) if terms is not None else None,
        "pool_fen": ledger.balances(PLATFORM_ID)[Account.QUEUE_POOL].balance_fen,
        "pot_fen": queues.pot_fen(queue_id) if queue_id is not None else 0,
        **_standing(queue_id),
        "days": [{name: getattr(row, name) for name in _DAY} for row in rows[:limit]],
        "next": rows[limit - 1].day if len(rows) > limit else None,
        "promise": PROMISE,
        "promise_en": PROMISE_EN,
    }


def view(terms: Terms, member_id: UUID | None) -> Mapping[str, Any]:
    """A campaign's rules and how its queue stands, with the member's first places."""
    queue_id = queues.queue_of(terms.id)
    if queue_id is None:
        return {}
    standing = _standing(queue_id)
    oldest = standing["oldest_waiting_at"]
    told = {
        "rules": terms.settings.model_dump(mode="json"),
        "pot_fen": pots.left_fen(terms.id),
        **standing,
        "oldest_waiting_at": oldest.isoformat() if oldest is not None else None,
        "promise": PROMISE,
        "promise_en": PROMISE_EN,
    }
    if member_id is None:
        return told
    rows = _places(queue_id, members.everyone_of(member_id), 0, OWN_SHOWN, True)
    mine = [
        {name: each[name] for name in ("number", "position", "ahead_fen", "target_fen", "paid_fen")}
        for each in shown(terms, queue_id, rows)
    ]
    return told | {"mine": mine}


def report(terms: Terms) -> Sequence[Figure]:
    """For staff: the campaign's own places, and the queue it pays."""
    queue_id = queues.queue_of(terms.id)
    if queue_id is None:
        return ()
    its = select(
        func.count(),
        func.count().filter(QueuePlace.state == "paid"),
        func.count().filter(QueuePlace.state == "left"),
        func.coalesce(func.sum(QueuePlace.target_fen), 0),
        func.coalesce(func.sum(QueuePlace.taken_fen), 0),
    ).where(QueuePlace.queue_id == queue_id, QueuePlace.campaign_id == terms.id)
    taken, paid, left, targets_fen, back_fen = map(int, db.session.execute(its).one())
    standing = _standing(queue_id)
    return (
        Figure("places", ("本活动入队单数", "Places taken in it"), count=taken),
        Figure("places_paid", ("已足额发放", "Paid in full"), count=paid),
        Figure("places_left", ("退款离队", "Left by refunds"), count=left),
        Figure("targets", ("补贴上限合计", "At most, together"), amount_fen=targets_fen),
        Figure("taken_back", ("退款收回", "Taken back"), amount_fen=back_fen),
        Figure("waiting", ("队伍等待单数", "Waiting"), count=standing["waiting_places"]),
        Figure("waiting_fen", ("等待金额", "Waited for"), amount_fen=standing["waiting_fen"]),
    )


def campaign(terms: Terms) -> Fields:
    """The campaign behind a queue, for everybody."""
    names = ("id", "name", "name_en", "status", "starts_at", "ends_at")
    return {name: getattr(terms, name) for name in names} | {"is_running": terms.is_running(now())}


_PLACE = (
    "id", "sale_id", "number", "state", "target_fen", "left_fen", "joined_at", "finished_at",
)  # fmt: skip
_DAY = ("day", "in_fen", "out_fen", "back_fen", "balance_fen", "places", "targets_fen")


def _nothing() -> Fields:
    zeros = dict.fromkeys(("waiting_places", "waiting_fen", "pot_fen"), 0)
    none = dict.fromkeys(("campaign", "account", "next"))
    return {**zeros, **none, "places": [], "promise": PROMISE, "promise_en": PROMISE_EN}


def _standing(queue_id: UUID | None) -> Fields:
    """How many wait, for how much, and since when the first does."""
    if queue_id is None:
        return {"waiting_places": 0, "waiting_fen": 0, "oldest_waiting_at": None}
    row = db.session.get_one(Queue, (bucket_of(queue_id), queue_id), populate_existing=True)
    gone = counting.total(queue_id)
    first = select(QueuePlace.joined_at).where(
        QueuePlace.queue_id == queue_id, QueuePlace.state == "waiting"
    )
    return {
        "waiting_places": row.next_number - 1 - gone.gone,
        "waiting_fen": row.targets_fen - gone.settled_fen,
        "oldest_waiting_at": db.session.scalar(first.order_by(QueuePlace.number).limit(1)),
    }


def _places(
    queue_id: UUID, people: Sequence[UUID], after: int, limit: int, is_waiting: bool | None
) -> Sequence[QueuePlace]:
    mine: list[ColumnElement[bool]] = [
        QueuePlace.member_id.in_(people),
        QueuePlace.queue_id == queue_id,
        QueuePlace.number > after,
    ]
    if is_waiting is not None:
        mine.append((QueuePlace.state == "waiting") == is_waiting)
    statement = select(QueuePlace).where(*mine).order_by(QueuePlace.number).limit(limit)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _waiting_of(queue_id: UUID, people: Sequence[UUID]) -> tuple[int, int]:
    left = QueuePlace.target_fen - QueuePlace.paid_fen + QueuePlace.taken_fen
    found = db.session.execute(
        select(func.count(), func.coalesce(func.sum(left), 0)).where(
            QueuePlace.member_id.in_(people),
            QueuePlace.queue_id == queue_id,
            QueuePlace.state == "waiting",
        )
    ).one()
    return int(found[0]), int(found[1])


def _account(terms: Terms, queue_id: UUID, member_id: UUID, people: list[UUID]) -> Fields:
    opened, says = service.account(queue_id, people), terms.settings
    opened_at = opened.opened_at if opened is not None else None
    if opened is None and says.opens_with == "registration":
        opened_at = members.profile(member_id).joined_at
    return {
        "is_open": opened_at is not None,
        "opened_at": opened_at,
        "opens_with": says.opens_with,
        "opening_fen": says.opening_fen,
    }


def _estimate(
    terms: Terms, row: QueuePlace, ahead_fen: int | None, pot_fen: int, lately: Sequence[int]
) -> Estimate | None:
    """Where the front shares, those behind take their parts meanwhile: the range is wider."""
    if ahead_fen is None or not terms.is_running(now()):
        return None
    sharing = terms.settings.front_places if terms.settings.pays == "parts" else 1
    least_fen = max(0, ahead_fen + row.left_fen - pot_fen)
    most_fen = max(0, ahead_fen + row.left_fen * sharing - pot_fen)
    return rules.estimate(least_fen, most_fen, lately)
