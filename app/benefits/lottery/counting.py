"""Which purchases give chances, and what refunds leave of them.

A purchase counts as far as its concession lasts. It is looked at as it stands when a letter about
it is read, under the lock of the campaign's book, so that letters may come twice and in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import service as alliance
from app.alliance.service import SaleFacts
from app.benefits import audience, campaigns, news, pauses
from app.benefits.contract import Terms
from app.benefits.lottery import rules, taking_back
from app.benefits.lottery.models import LotteryBook, LotteryDraw, LotteryPurchase
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.members import service as members

NAME = "lottery"


def on_sale(payload: dict[str, Any]) -> None:
    """Reader of `sale.distributed`, in units of its own; again is harmless."""
    sale_id = UUID(payload["sale_id"])
    _look(sale_id, in_transaction(partial(_concerned, sale_id)))


def on_refund(payload: dict[str, Any]) -> None:
    """Reader of `sale.refunded`, in units of its own: looks only where the purchase counts, so
    that a refund makes nothing count that did not. Again is harmless."""
    sale_id = UUID(payload["sale_id"])
    _look(sale_id, in_transaction(partial(_known, sale_id)))


def count(campaign_id: UUID, sale_id: UUID) -> list[UUID]:
    """Writes down what a purchase counts now, in the current unit; the draws that have no chance
    behind them any more. Locks the campaign (shared), then its book."""
    terms = campaigns.terms_of(campaigns.locked(campaign_id, is_shared=True))
    locked_book(campaign_id)
    facts = alliance.sale_facts(sale_id)
    person = members.today(facts.payer_id)
    people = members.everyone_of(person)
    before = earned_by(terms, people)
    key = (bucket_of(sale_id), campaign_id, sale_id)
    row = db.session.get(LotteryPurchase, key)
    if row is None:
        if not _counts(terms, facts, person):
            return []
        row = _new(key, facts)
    row.conceded_fen = facts.lasting_concession_fen
    db.session.flush()
    after, most = earned_by(terms, people), terms.settings.most_per_member
    if after > before and before < most:
        news.tell(NAME, person, campaign_id, f"chances_{min(after, most)}")
    return _void(campaign_id, people, before, after) if after < before else []


def chances_of(terms: Terms, people: Sequence[UUID]) -> int:
    """How many chances one person has in a campaign, drawn or not."""
    return min(earned_by(terms, people), terms.settings.most_per_member)


def earned_by(terms: Terms, people: Sequence[UUID]) -> int:
    """How many chances all purchases of one person give in a campaign, also beyond what one person
    may have: two who became one may have drawn as many each."""
    wish = terms.settings
    conceded = db.session.scalars(
        select(LotteryPurchase.conceded_fen)
        .where(LotteryPurchase.campaign_id == terms.id, LotteryPurchase.member_id.in_(people))
        .order_by(LotteryPurchase.paid_at, LotteryPurchase.sale_id)
    )
    return rules.chances(
        conceded,
        threshold_fen=wish.threshold_fen,
        is_cumulative=wish.counting == "cumulative",
        most_per_purchase=wish.most_per_purchase,
    )


def locked_book(campaign_id: UUID) -> LotteryBook:
    """The campaign's book, locked: one unit at a time draws, or changes what its chances are."""
    key = (bucket_of(campaign_id), campaign_id)
    return db.session.get_one(LotteryBook, key, with_for_update=True, populate_existing=True)


def _concerned(sale_id: UUID) -> list[UUID]:
    """The campaigns in which a purchase counts already, or might."""
    facts = alliance.sale_facts(sale_id)
    if facts.paid_at is None or facts.settled_fen or facts.gift_fen:  # nobody wins by it
        return []
    found = {each.id for each in campaigns.published(NAME, facts.paid_at, facts.merchant_id)}
    return sorted(found | set(_known(sale_id)))


def _known(sale_id: UUID) -> list[UUID]:
    """The campaigns in which a purchase counts already."""
    known = select(LotteryPurchase.campaign_id).where(
        LotteryPurchase.bucket == bucket_of(sale_id), LotteryPurchase.sale_id == sale_id
    )
    return sorted(db.session.scalars(known))


def _look(sale_id: UUID, campaign_ids: Sequence[UUID]) -> None:
    for campaign_id in campaign_ids:
        for draw_id in in_transaction(partial(count, campaign_id, sale_id)):
            taking_back.attempt(draw_id)


def _counts(terms: Terms, facts: SaleFacts, person: UUID) -> bool:
    """Whether a purchase that was not looked at before counts: paid while the campaign ran."""
    if facts.paid_at is None or not terms.covered(facts.paid_at):
        return False
    return not pauses.was_paused(terms.id, facts.paid_at) and audience.includes(terms, person)


def _new(key: tuple[int, UUID, UUID], facts: SaleFacts) -> LotteryPurchase:
    bucket, campaign_id, sale_id = key
    row = LotteryPurchase(
        bucket=bucket,
        campaign_id=campaign_id,
        sale_id=sale_id,
        member_id=facts.payer_id,
        conceded_fen=0,
        paid_at=facts.paid_at,
    )
    db.session.add(row)
    return row


def _void(campaign_id: UUID, people: Sequence[UUID], before: int, after: int) -> list[UUID]:
    """The chances that last stand for a person's first draws: those after them are void, no more
    of them than chances went. Void ones count, so that a chance is drawn once; but not of who
    became one with another, whose chances stand for their own draws."""
    drawn = select(LotteryDraw).where(
        LotteryDraw.campaign_id == campaign_id, LotteryDraw.member_id.in_(people)
    )
    if len(people) > 1:
        drawn = drawn.where(LotteryDraw.voided_at.is_(None))
    beyond = drawn.order_by(LotteryDraw.number).offset(after).limit(before - after)
    voided = [each for each in db.session.scalars(beyond) if each.voided_at is None]
    for each in voided:
        if each.claim_until is not None and each.grant_id is None and each.lapsed_at is None:
            news.tell(NAME, each.member_id, each.id, "taken_back")
        each.voided_at = now()
    db.session.flush()
    return [each.id for each in voided if each.grant_id is not None]
