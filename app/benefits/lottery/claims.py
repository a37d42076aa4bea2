"""Goods that were won: open until their winner says how they come to them, or until they lapse.

While a claim is open the pot keeps its cost. Claimed, the campaign pays an order of the offer;
where the offer is not to be had at that price, its winner may take the same cost in money, of which
the tax leaves them the price.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import service as alliance
from app.benefits import campaigns, grants, news
from app.benefits.contract import Award, Goods, Purse, Terms
from app.benefits.errors import BudgetSpent
from app.benefits.lottery.errors import (
    DrawUnknown,
    GoodsToBeHad,
    NothingToClaim,
    PrizeOfferUnfit,
)
from app.benefits.lottery.models import LotteryDraw
from app.benefits.lottery.schemas import Prize
from app.benefits.models import Grant
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.members import service as members

NAME = "lottery"
SECONDS = 60
BATCH = 100
MONEY = "money"
OPEN = (
    LotteryDraw.claim_until.is_not(None),
    LotteryDraw.grant_id.is_(None),
    LotteryDraw.voided_at.is_(None),
    LotteryDraw.lapsed_at.is_(None),
)


def check_offers(terms: Terms) -> None:
    """Before a lottery is published: each prize in goods is there at its value, and may be given
    away. In the current unit. Raises PrizeOfferUnfit."""
    for prize in terms.settings.all_prizes:
        if prize.offer_id is None:
            continue
        offer = alliance.offer_facts(prize.offer_id)
        if offer is None or not offer.is_displayed:
            raise PrizeOfferUnfit(offer_id=str(prize.offer_id))
        is_theirs = terms.merchant_id in (None, offer.merchant_id)
        is_enough = offer.stock is None or offer.stock >= prize.stock
        if not is_theirs or not is_enough or offer.price_fen != prize.value_fen:
            known = {"price_fen": offer.price_fen, "left": offer.stock}
            raise PrizeOfferUnfit(offer_id=str(offer.id), **known)


def open_claim(terms: Terms, row: LotteryDraw) -> None:
    """Goods were won, in the unit of their draw."""
    row.claim_until = now() + timedelta(days=terms.settings.claim_days)
    news.tell(NAME, row.member_id, row.id, "won")
    db.session.flush()


def claim(
    draw_id: UUID, member_id: UUID, delivery: str, receiver: dict[str, str] | None
) -> LotteryDraw:
    """Gives a member goods that they won, or their value (`money`) where they are not to be had, in
    the current unit of work; the draw.

    Locks the draw, the campaign (shared), then what an order locks. Raises DrawUnknown,
    NothingToClaim, GoodsToBeHad, BudgetSpent, MemberMerged, and what a gift raises.
    """
    members.require_present(member_id)
    row = _locked(draw_id)
    if row is None or row.member_id not in members.everyone_of(member_id):
        raise DrawUnknown()
    if standing(row) != "open":
        raise NothingToClaim(claim=standing(row))
    prize = campaigns.terms(row.campaign_id).settings.all_prizes[row.prize - 1]
    award = _award(row, member_id, prize, delivery, receiver)
    paid = grants.grant(row.campaign_id, award, member_id)
    if paid is None:
        raise BudgetSpent()
    row.grant_id = paid.id
    db.session.flush()
    return row


def standing(row: LotteryDraw) -> str | None:
    """How the claim of a draw stands: `open`, `claimed`, `lapsed` or `void`; None without goods."""
    if row.claim_until is None:
        return None
    if row.voided_at is not None:
        return "void"
    if row.grant_id is not None:
        return "claimed"
    return "lapsed" if row.lapsed_at is not None or row.claim_until <= now() else "open"


def reopen(draw_id: UUID) -> None:
    """Goods came back undelivered, in that unit of work: their winner may claim them again."""
    row = _locked(draw_id)
    if row is None or row.voided_at is not None:
        return
    days = campaigns.terms(row.campaign_id).settings.claim_days
    row.grant_id, row.claim_until = None, now() + timedelta(days=days)
    news.tell(NAME, row.member_id, row.id, "reopened")
    db.session.flush()


def lapse() -> int:
    """Duty: what nobody claimed in time is the campaign's again, in a unit of its own; how many."""
    return in_transaction(_lapse)


def open_fen(terms: Terms) -> int:
    """What a campaign must keep for claims that are open, in fen; also for those whose time is over
    until that is written down."""
    if not terms.settings.has_goods:
        return 0
    rows = db.session.execute(
        select(LotteryDraw.prize, func.count())
        .where(LotteryDraw.campaign_id == terms.id, *OPEN)
        .group_by(LotteryDraw.prize)
    )
    prizes = terms.settings.all_prizes
    return sum(prizes[number - 1].cost_fen * count for number, count in rows)


def open_count(campaign_id: UUID) -> int:
    """How many claims of a campaign are open."""
    wanted = select(func.count()).where(LotteryDraw.campaign_id == campaign_id, *OPEN)
    return int(db.session.scalar(wanted) or 0)


def _award(
    row: LotteryDraw, member_id: UUID, prize: Prize, delivery: str, receiver: dict[str, str] | None
) -> Award:
    assert prize.offer_id is not None
    said: dict[str, Any] = {"purse": Purse.REBATE_PENDING}
    if delivery == MONEY:
        if alliance.gift_refusal(prize.offer_id, prize.value_fen) is None:
            raise GoodsToBeHad()
    else:
        goods = Goods(prize.offer_id, prize.value_fen, delivery, receiver)
        said = {"purse": Purse.GOODS, "goods": goods}
    return Award(
        key=_key(row, member_id),
        owner_id=member_id,
        amount_fen=prize.cost_fen,
        subject_id=row.id,
        is_owed=True,
        is_taxed=True,
        **said,
    )


def _key(row: LotteryDraw, member_id: UUID) -> str:
    """The draw's; goods that came back undelivered are given once more under a further one."""
    theirs = Grant.owner_id.in_(members.everyone_of(member_id))
    before = db.session.scalar(select(func.count()).where(theirs, Grant.subject_id == row.id))
    return f"draw:{row.number}:{before}" if before else f"draw:{row.number}"


def _lapse() -> int:
    rows = db.session.scalars(
        select(LotteryDraw)
        .where(*OPEN, LotteryDraw.claim_until <= now())
        .order_by(LotteryDraw.claim_until)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.lapsed_at = now()
        news.tell(NAME, row.member_id, row.id, "lapsed")
    db.session.flush()
    return len(rows)


def _locked(draw_id: UUID) -> LotteryDraw | None:
    return db.session.scalar(
        select(LotteryDraw)
        .where(LotteryDraw.bucket == bucket_of(draw_id), LotteryDraw.id == draw_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
