"""Draws: one for a chance, in the order of their numbers, each with what it gives.

A draw, its prize and the payment of it are one unit under the lock of the campaign's book: never
two draws for one chance, never more of a prize than there is. Publishing asks for a budget that
covers every prize, so that a prize that is there is paid.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.benefits import campaigns, grants, news
from app.benefits.contract import Award, Funder, Purse, Terms
from app.benefits.errors import BudgetSpent, CampaignNotRunning, CampaignUnknown
from app.benefits.lottery import claims, rules
from app.benefits.lottery.counting import NAME, chances_of, locked_book
from app.benefits.lottery.errors import (
    DrawsClosed,
    ExperiencePrizeUnfit,
    NoChanceLeft,
    PrizesNotCovered,
)
from app.benefits.lottery.models import LotteryBook, LotteryDraw, LotterySeed, seed_context
from app.core import crypto
from app.core.db import db
from app.core.world import bucket_of, new_id, now
from app.members import service as members

SEED_BYTES = 32
NONCE_BYTES = 16
SEED_DELAY = timedelta(minutes=10)
"""No clock of ours, and no draw that takes long, is as late as that."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that was made, and how many chances its person has left."""

    row: LotteryDraw
    chances_left: int


def begin(terms: Terms) -> None:
    """When a lottery is published, in that unit: its seed is made, and only its hash is told.

    Raises PrizesNotCovered, ExperiencePrizeUnfit, PrizeOfferUnfit.
    """
    wish = terms.settings
    if terms.budget_fen < wish.cost_fen:
        raise PrizesNotCovered(needed_fen=wish.cost_fen)
    is_platforms = terms.funder is Funder.CAMPAIGN_FUND
    if not is_platforms and any(each.kind == "experience" for each in wish.all_prizes):
        raise ExperiencePrizeUnfit()
    claims.check_offers(terms)
    seed = secrets.token_hex(SEED_BYTES)
    sealed, committed = crypto.encrypt(seed, seed_context(terms.id)), rules.commitment(seed)
    db.session.add(LotterySeed(campaign_id=terms.id, seed_sealed=sealed, commitment=committed))
    head = rules.first_head(rules_of(terms.id), committed)
    bucket = bucket_of(terms.id)
    db.session.add(LotteryBook(bucket=bucket, campaign_id=terms.id, draws=0, head=head, given={}))
    db.session.flush()


def rules_of(campaign_id: UUID) -> dict[str, object]:
    """The rules that are hashed before the first draw, and can be read by everybody: as they were
    written and published, whatever settings a later version of this kind knows."""
    return {"campaign_id": str(campaign_id), **campaigns.find(campaign_id).settings}


def closes_at(terms: Terms) -> datetime:
    """When (UTC) no draw can be made any more; the seed is told SEED_DELAY later."""
    end = min(terms.ends_at, terms.ended_at or terms.ends_at)
    return end + timedelta(days=terms.settings.draw_days)


def promised_fen(terms: Terms) -> int:
    """What the prizes that are left cost, as long as draws can be made, and goods that can still be
    claimed."""
    open_fen = claims.open_fen(terms)
    if now() >= closes_at(terms):
        return open_fen
    row = db.session.get(LotteryBook, (bucket_of(terms.id), terms.id), populate_existing=True)
    went = row.given if row is not None else {}
    return open_fen + sum(
        each.cost_fen * (each.stock - went.get(str(number), 0))
        for number, each in enumerate(terms.settings.all_prizes, 1)
    )


def seed_of(campaign_id: UUID) -> str:
    """A campaign's seed: for a draw, and for everybody when no draw can be made any more."""
    row = db.session.get_one(LotterySeed, campaign_id)
    return crypto.decrypt(row.seed_sealed, seed_context(campaign_id))


def draw(campaign_id: UUID, member_id: UUID, nonce: str | None) -> Drawn:
    """Draws for a member's next chance and pays what it gives, in the current unit of work.

    Locks the campaign (shared), then its book. Raises CampaignUnknown, CampaignNotRunning,
    DrawsClosed, NoChanceLeft, BudgetSpent, MemberMerged; then nothing was drawn.
    """
    members.require_present(member_id)
    terms = _open(campaign_id)
    book = locked_book(campaign_id)
    people = members.everyone_of(member_id)
    chances, drawn = chances_of(terms, people), draws_of(campaign_id, people)
    if drawn >= chances:
        raise NoChanceLeft(chances=chances, drawn=drawn)
    row = _next(terms, book, member_id, nonce or secrets.token_hex(NONCE_BYTES))
    if row.prize:
        _pay(terms, row)
    return Drawn(row, chances - drawn - 1)


def draws_of(campaign_id: UUID, people: Sequence[UUID]) -> int:
    """How many draws a person has made in a campaign, void ones too: a chance is drawn once."""
    mine = (LotteryDraw.campaign_id == campaign_id, LotteryDraw.member_id.in_(people))
    return int(db.session.scalar(select(func.count()).where(*mine)) or 0)


def _open(campaign_id: UUID) -> Terms:
    """A lottery in which draws can be made now: it runs, or has ended not long ago."""
    campaign = campaigns.locked(campaign_id, is_shared=True)
    if campaign.benefit != NAME or campaign.published_at is None:
        raise CampaignUnknown()
    terms, moment = campaigns.terms_of(campaign), now()
    if moment >= closes_at(terms):
        raise DrawsClosed(closed_at=closes_at(terms).isoformat())
    if terms.status == "paused" or moment < terms.starts_at:
        raise CampaignNotRunning(campaign_status=terms.status)
    return terms


def _next(terms: Terms, book: LotteryBook, member_id: UUID, nonce: str) -> LotteryDraw:
    wish, number = terms.settings, book.draws + 1
    picked = rules.picked(wish.odds, rules.roll(seed_of(terms.id), book.head, number))
    went = {int(prize): count for prize, count in book.given.items()}
    prize = rules.given(wish.odds, wish.consoling, went, picked)
    book.draws, book.head = number, rules.next_head(book.head, number, nonce, prize)
    if prize:
        book.given = book.given | {str(prize): went.get(prize, 0) + 1}
    row = LotteryDraw(
        bucket=book.bucket,
        campaign_id=terms.id,
        number=number,
        id=new_id(book.bucket),
        member_id=member_id,
        nonce=nonce,
        head=book.head,
        picked=picked,
        prize=prize,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _pay(terms: Terms, row: LotteryDraw) -> None:
    prize = terms.settings.all_prizes[row.prize - 1]
    if prize.kind == "goods":  # paid for when it is claimed: until then the pot keeps its cost
        claims.open_claim(terms, row)
        return
    is_money = prize.kind == "money"
    award = Award(
        key=f"draw:{row.number}",
        owner_id=row.member_id,
        amount_fen=prize.value_fen,
        purse=Purse.REBATE_PENDING if is_money else Purse.EXPERIENCE,
        subject_id=row.id,
        is_owed=True,
        is_taxed=is_money,
    )
    paid = grants.grant(terms.id, award, row.member_id)
    if paid is None:
        raise BudgetSpent()
    row.grant_id = paid.id
    news.tell(NAME, row.member_id, row.id, "won")
    db.session.flush()
