"""A purchase takes a place, and leaves it as far as it is refunded.

`settle` looks at what is true of a sale now and does what is missing, one at a time for each sale:
letters may come twice, late and in any order. Locks: the sale's turn, its place, the queue's next
number or its grants, the blocks, the day.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance import service as alliance
from app.alliance.service import SaleFacts
from app.benefits import audience, campaigns, grants, news
from app.benefits.contract import Terms
from app.benefits.models import Grant
from app.benefits.queue_subsidy import counting, queues, rules
from app.benefits.queue_subsidy.counting import Change
from app.benefits.queue_subsidy.models import QueueAccount, QueuePlace
from app.benefits.queue_subsidy.rules import Purchase
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.members import service as members


def on_sale(payload: dict[str, Any]) -> None:
    """Reader of `sale.distributed`, in a unit of its own; again is harmless."""
    sale_id = UUID(payload["sale_id"])
    in_transaction(lambda: settle(sale_id, may_join=True))


def on_refund(payload: dict[str, Any]) -> None:
    """Reader of `sale.refunded`, in a unit of its own: a refund shrinks a place and never gives
    one to a purchase that had none. Again is harmless."""
    sale_id = UUID(payload["sale_id"])
    in_transaction(lambda: settle(sale_id, may_join=False))


def settle(sale_id: UUID, *, may_join: bool) -> None:
    """Gives a sale its place, or shrinks it by what was refunded, in the current unit of work.

    What was paid out beyond the rest of the purchase is taken back. Raises PaymentUnknown.
    """
    queues.take_turns(f"sale/{sale_id}")
    sale, place = alliance.sale_facts(sale_id), _place_of(sale_id)
    if place is not None:
        _shrink(place, sale)
    elif may_join:
        _join(sale)


def account(queue_id: UUID, people: list[UUID]) -> QueueAccount | None:
    """The queue account of a person, by all their member ids, in the current unit of work."""
    return db.session.scalar(
        select(QueueAccount)
        .where(
            QueueAccount.bucket.in_({bucket_of(each) for each in people}),
            QueueAccount.queue_id == queue_id,
            QueueAccount.member_id.in_(people),
        )
        .order_by(QueueAccount.opened_at)
        .limit(1)
    )


def _place_of(sale_id: UUID) -> QueuePlace | None:
    mine = (QueuePlace.bucket == bucket_of(sale_id), QueuePlace.sale_id == sale_id)
    statement = select(QueuePlace).where(*mine).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _purchase(sale: SaleFacts) -> Purchase:
    """What went to people of the concession counts against the target: who buys from themselves
    gets less out of it all than the shop conceded."""
    given_fen = sum(each.amount_fen for each in sale.shares if each.owner_id != PLATFORM_ID)
    return Purchase(
        sale.really_paid_fen, sale.concession_fen, given_fen, sale.amount_fen, sale.refunded_fen
    )


def _join(sale: SaleFacts) -> None:
    """Only a member's purchase of which the shares are given out, so that its part of the pool is
    really there."""
    if sale.paid_at is None or sale.distributed_at is None or sale.settled_fen or sale.gift_fen:
        return
    terms = queues.covering(sale.paid_at)
    queue_id = queues.queue_of(terms.id) if terms is not None else None
    if terms is None or queue_id is None:
        return
    target_fen = rules.target_fen(terms.settings, _purchase(sale))
    person = members.today(sale.payer_id)
    if not target_fen or not audience.includes(terms, person):
        return
    if _has_account(terms, queue_id, person, sale):
        _enter(terms, queue_id, sale, target_fen)


def _has_account(terms: Terms, queue_id: UUID, person: UUID, sale: SaleFacts) -> bool:
    """Whether the person takes part; this purchase may open the account."""
    if account(queue_id, members.everyone_of(person)) is not None:
        return True
    rules_say = terms.settings
    if rules_say.opens_with == "first_purchase" and sale.really_paid_fen < rules_say.opening_fen:
        return False
    values = {
        "bucket": bucket_of(person),
        "queue_id": queue_id,
        "member_id": person,
        "sale_id": sale.id,
        "opened_at": now(),
    }
    db.session.execute(upsert(QueueAccount).values(values).on_conflict_do_nothing())
    return True


def _enter(terms: Terms, queue_id: UUID, sale: SaleFacts, target_fen: int) -> None:
    number, before_fen = queues.next_ticket(queue_id, target_fen)
    is_near = number - counting.total(queue_id).gone <= terms.settings.near_places
    db.session.add(
        QueuePlace(
            bucket=bucket_of(sale.id),
            id=new_id(bucket_of(sale.id)),
            queue_id=queue_id,
            campaign_id=terms.id,
            sale_id=sale.id,
            member_id=sale.payer_id,
            number=number,
            before_fen=before_fen,
            first_target_fen=target_fen,
            target_fen=target_fen,
            state="waiting",
            is_told=is_near,  # who comes into a short queue need not be told that it is short
            joined_at=now(),
        )
    )
    db.session.flush()
    queues.note_day(queue_id, places=1, targets_fen=target_fen)


def _shrink(place: QueuePlace, sale: SaleFacts) -> None:
    terms = campaigns.terms(place.campaign_id)
    target_fen = min(place.target_fen, rules.target_fen(terms.settings, _purchase(sale)))
    if target_fen == place.target_fen:
        return
    before_fen, was_waiting = place.left_fen, place.state == "waiting"
    back_fen = rules.take_back_fen(place.paid_fen, place.taken_fen, target_fen)
    place.target_fen, place.taken_fen = target_fen, place.taken_fen + back_fen
    if not place.left_fen:
        place.state = "paid" if target_fen else "left"
        place.finished_at = place.finished_at or now()
    _take_back(place)
    is_gone = was_waiting and place.state != "waiting"
    change = Change(place.number, is_gone, before_fen - place.left_fen)
    counting.note(place.queue_id, [change])
    queues.note_day(place.queue_id, back_fen=back_fen)


def _take_back(place: QueuePlace) -> None:
    """Takes back `taken_fen` in all of what a place got, the newest part first."""
    given = db.session.execute(
        select(Grant.id, Grant.amount_fen, Grant.taken_back_fen)
        .where(Grant.subject_id == place.id, Grant.benefit == queues.NAME)
        .order_by(Grant.created_at.desc(), Grant.id.desc())
    ).all()
    totals = rules.taking_back([(row[1], row[2]) for row in given], place.taken_fen)
    taken = [grants.take_back(row[0], total) for row, total in zip(given, totals, strict=True)]
    if any(taken):
        member_id = members.today(place.member_id)
        news.tell(queues.NAME, member_id, place.id, f"taken_back/{place.taken_fen}")
