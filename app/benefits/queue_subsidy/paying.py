"""Feeds the queue's pot with what really came in, and pays from the front.

A duty, safe with several relays and at any line: each batch is one unit under the queue's turn, in
which places, grants and counts change together. Nothing is fed that is not in the pool, nothing is
paid that is not in the pot: the ledger's floors say so. Locks: the queue's turn, places in the
order of their numbers, the campaign, accounts, blocks, the day.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import structlog

from app.alliance import service as alliance
from app.benefits import campaigns, grants, news, pots
from app.benefits.contract import Award, Purse, Terms
from app.benefits.errors import CampaignNotRunning
from app.benefits.queue_subsidy import counting, queues, rules
from app.benefits.queue_subsidy.counting import Change
from app.benefits.queue_subsidy.models import QueuePlace
from app.core.db import db, in_transaction
from app.core.timetable import Unfinished
from app.core.world import PLATFORM_ID, SYSTEM_ID, beijing_day, now, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members

log = structlog.get_logger()
TURN_SECONDS = 10
SLICE_SECONDS = 5.0
BATCH = 50


def turn() -> int:
    """Duty: feeds the running queue's pot and pays as far as it reaches; how many places got
    something."""
    begun, done = time.monotonic(), 0
    for campaign_id in in_transaction(_running):
        in_transaction(partial(feed, campaign_id))
        while paid := pay(campaign_id):
            done += paid
            if time.monotonic() - begun > SLICE_SECONDS:
                return Unfinished(done)
        in_transaction(partial(tell_front, campaign_id))
    return done


def feed(campaign_id: UUID) -> int:
    """Moves what is ripe of the pool into the pot of a running campaign for which somebody waits
    (posted), in the current unit; how much (fen)."""
    row = campaigns.locked(campaign_id)
    terms, queue_id = campaigns.terms_of(row), queues.queue_of(campaign_id)
    if queue_id is None or not terms.is_running(now()) or not queues.is_waited_for(queue_id):
        return 0
    amount_fen = _ripe_fen(terms.settings.ripe_days)
    if not amount_fen or pots.fill(row, amount_fen, SYSTEM_ID) is None:
        return 0
    queues.note_day(queue_id, in_fen=amount_fen)
    return amount_fen


def pay(campaign_id: UUID) -> int:
    """Pays the front places what they get now, in a unit of its own; how many.

    A batch that fails is tried place by place, so that one bad place holds up nobody else.
    """
    try:
        return in_transaction(lambda: _pay(campaign_id, _plan(campaign_id)))
    except CampaignNotRunning:
        return 0
    except Exception as error:
        log.warning("queue_batch_failed", campaign=str(campaign_id), exc_info=error)
    plan = in_transaction(lambda: _plan(campaign_id))
    return sum(_pay_alone(campaign_id, place, fen) for place, fen in plan.items())


def tell_front(campaign_id: UUID) -> int:
    """Tells those who have come among the first that they have, once; how many."""
    terms, queue_id = campaigns.terms(campaign_id), queues.queue_of(campaign_id)
    if queue_id is None or not terms.settings.near_places:
        return 0
    fresh = [row for row in queues.front(queue_id, terms.settings.near_places) if not row.is_told]
    for row in fresh:
        row.is_told = True
        news.tell(queues.NAME, members.today(row.member_id), row.id, "near")
    return len(fresh)


def _running() -> list[UUID]:
    moment = now()
    found = campaigns.published(queues.NAME, moment)
    return [terms.id for terms in found if terms.is_running(moment)]


def _ripe_fen(days: int) -> int:
    """What of the pool came in so long ago that it may be paid out. Shares of purchases that are
    refunded later then still are in the pool, and the platform need not stand in for them: what
    refunds of older purchases took since is not made good from what came in lately."""
    pool_fen = ledger.balances(PLATFORM_ID)[Account.QUEUE_POOL].balance_fen
    if not days:
        return max(0, pool_fen)
    day = beijing_day(now()) - timedelta(days=days)
    closed = ledger.closing(day)
    then_fen = closed.balances.get(Account.QUEUE_POOL, 0) if closed is not None else None
    return rules.ripe_fen(pool_fen, then_fen, queues.fed_since(day) + _refunded_fen(day))


def _refunded_fen(day: date) -> int:
    """What refunds took from the pool after a Beijing day, of what had come in by its end."""
    journals = alliance.late_refunds(start_of_beijing_day(day + timedelta(days=1)))
    return -sum(ledger.amounts(PLATFORM_ID, Account.QUEUE_POOL, journals).values())


def _plan(campaign_id: UUID) -> dict[UUID, int]:
    """Who gets how much now, in the current unit; takes the queue's turn and locks the places."""
    terms, queue_id = campaigns.terms(campaign_id), queues.queue_of(campaign_id)
    if queue_id is None:
        return {}
    queues.take_turns(f"paying/{queue_id}")
    says, pot_fen = terms.settings, pots.left_fen(campaign_id)
    if not pot_fen:
        return {}
    if says.pays == "full":
        rows = queues.front(queue_id, BATCH)
        parts = rules.in_full(pot_fen, [row.left_fen for row in rows])
    else:
        rows = queues.front(queue_id, says.front_places)
        parts = rules.in_parts(pot_fen, [row.left_fen for row in rows], says.smallest_part_fen)
    return {row.id: part for row, part in zip(rows, parts, strict=False) if part}


def _pay_alone(campaign_id: UUID, place_id: UUID, amount_fen: int) -> int:
    try:
        return in_transaction(lambda: _pay(campaign_id, {place_id: amount_fen}))
    except CampaignNotRunning:
        return 0
    except Exception as error:
        log.error("queue_place_failed", place=str(place_id), exc_info=error)
        return 0


def _pay(campaign_id: UUID, plan: Mapping[UUID, int]) -> int:
    """Pays a plan as far as it still fits, all of it or nothing."""
    terms = campaigns.terms(campaign_id)
    rows = [row for row in queues.locked(plan) if row.left_fen >= plan[row.id]]
    if not rows:
        return 0
    owners = {row.id: members.today(row.member_id) for row in rows}
    awards = [_award(row, plan[row.id], owners[row.id], terms) for row in rows]
    if grants.grant_all(campaign_id, awards) is None:
        return 0
    changes = [_paid(row, plan[row.id], owners[row.id]) for row in rows]
    db.session.flush()
    queue_id = rows[0].queue_id
    counting.note(queue_id, changes)
    queues.note_day(queue_id, out_fen=sum(plan[row.id] for row in rows))
    return len(rows)


def _award(row: QueuePlace, amount_fen: int, owner_id: UUID, terms: Terms) -> Award:
    key = f"{row.id}:{row.parts + 1}"
    return Award(key, owner_id, amount_fen, Purse(terms.settings.purse), row.id)


def _paid(row: QueuePlace, amount_fen: int, owner_id: UUID) -> Change:
    row.paid_fen, row.parts = row.paid_fen + amount_fen, row.parts + 1
    is_gone = not row.left_fen
    if is_gone:
        row.state, row.finished_at = "paid", now()
    if is_gone or row.parts == 1:
        what = "paid" if is_gone else "first_part"
        news.tell(queues.NAME, owner_id, row.id, what)
    return Change(row.number, is_gone, amount_fen)
