"""What members, staff and everybody see of a lottery. Reads only, in the current unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.benefits import campaigns, grants
from app.benefits.contract import Figure, News, Terms, Words
from app.benefits.errors import CampaignUnknown
from app.benefits.lottery import claims, rules, service
from app.benefits.lottery.counting import NAME, chances_of
from app.benefits.lottery.errors import DrawUnknown
from app.benefits.lottery.models import LotteryBook, LotteryDraw, LotteryPurchase, LotterySeed
from app.benefits.lottery.schemas import LotterySettings
from app.benefits.models import Grant
from app.core.db import db
from app.core.world import bucket_of, now
from app.members import service as members

Fields = dict[str, Any]
LAST_NUMBER = 2**31 - 1
UNITS = {
    "money": ("单位元（税前）", "in yuan before tax"),
    "experience": ("单位元体验金", "in yuan of gold"),
    "goods": ("请在领奖期限内选择自提或配送，逾期作废；税款由活动承担",
              "claim it in time, by pick-up or shipment; the campaign bears its tax"),
}  # fmt: skip
LAPSED = ("奖品逾期未领取，已作废", "Nobody claimed the prize in time: it has lapsed")
REOPENED = (
    "奖品订单未能交付，请重新领取",
    "The order of your prize was not handed over: please claim it again",
)


def view(terms: Terms, member_id: UUID | None) -> Mapping[str, Any]:
    """A lottery as everybody sees it: prizes, odds, what is left, the commitment; a member sees
    their own chances too."""
    book = _book(terms.id)
    shown: Fields = {
        "organiser": terms.settings.organiser,
        "threshold_fen": terms.settings.threshold_fen,
        "counting": terms.settings.counting,
        "most_per_purchase": terms.settings.most_per_purchase,
        "most_per_member": terms.settings.most_per_member,
        "claim_days": terms.settings.claim_days,
        "closes_at": service.closes_at(terms).isoformat(),
        "prizes": _prizes(terms.settings, book),
        "draws": book.draws,
        "head": book.head,
        "commitment": _seed_row(terms.id).commitment,
    }
    if member_id is not None:
        people = members.everyone_of(member_id)
        chances, drawn = chances_of(terms, people), service.draws_of(terms.id, people)
        shown |= {"chances": chances, "drawn": drawn, "chances_left": max(0, chances - drawn)}
    return shown


def report(terms: Terms) -> Sequence[Figure]:
    """Purchases that count, draws, each prize, and what refunds undid."""
    book = _book(terms.id)
    its = LotteryDraw.campaign_id == terms.id
    is_void = its & LotteryDraw.voided_at.is_not(None)
    is_open = is_void & LotteryDraw.grant_id.is_not(None) & LotteryDraw.taken_back_at.is_(None)
    bought = LotteryPurchase.campaign_id == terms.id
    lines = [
        Figure("purchases", ("计入的消费", "Purchases that count"), _count(bought)),
        Figure("draws", ("已抽奖次数", "Draws"), book.draws),
        Figure("draws_void", ("因退款作废", "Void after refunds"), _count(is_void)),
        Figure("prizes_to_take_back", ("待收回奖品", "Prizes to take back"), _count(is_open)),
    ]
    for number, prize in enumerate(terms.settings.all_prizes, 1):
        went = book.given.get(str(number), 0)
        title = (prize.name, prize.name_en)
        lines.append(Figure(f"prize_{number}", title, went, went * prize.cost_fen))
    return lines + (_claims(terms) if terms.settings.has_goods else [])


def _claims(terms: Terms) -> list[Figure]:
    """How many goods that were won wait for their winners, and how many lapsed."""
    lapsed = (LotteryDraw.campaign_id == terms.id) & LotteryDraw.lapsed_at.is_not(None)
    waiting = (("待领取奖品", "Prizes to be claimed"), claims.open_count(terms.id))
    return [
        Figure("claims_open", *waiting, claims.open_fen(terms)),
        Figure("claims_lapsed", ("逾期作废奖品", "Prizes that lapsed"), _count(lapsed)),
    ]


def news(subject_id: UUID, what: str) -> News:
    """What a member is told: of new chances (the subject is the campaign), or of a draw."""
    if what.startswith("chances_"):
        terms, count = campaigns.terms(subject_id), what.removeprefix("chances_")
        return News(
            terms.name,
            f"您在本活动累计获得 {count} 次抽奖机会，快去抽奖吧",
            terms.name_en,
            f"You have gained {count} chances in all: draw them",
        )
    row = _draw(subject_id)
    terms = campaigns.terms(row.campaign_id)
    prize = terms.settings.all_prizes[row.prize - 1]
    if what == "taken_back":
        return News(
            terms.name,
            f"对应的消费已退款，奖品“{prize.name}”已收回",
            terms.name_en,
            f"The purchase behind it was refunded: your prize ({prize.name_en}) was taken back",
            prize.value_fen,
        )
    if what in ("lapsed", "reopened"):
        words, words_en = LAPSED if what == "lapsed" else REOPENED
        text, text_en = f"{words}（{prize.name}）", f"{words_en} ({prize.name_en})"
        return News(terms.name, text, terms.name_en, text_en, prize.value_fen)
    unit, unit_en = UNITS[prize.kind]
    return News(
        terms.name,
        f"恭喜抽中“{prize.name}”，{unit}",
        terms.name_en,
        f"You have won {prize.name_en}, {unit_en}",
        prize.value_fen,
    )


def why(grant_id: UUID) -> Sequence[Words]:
    """How a prize came about, with what anyone can check."""
    row = db.session.scalar(
        select(LotteryDraw)
        .join(Grant, Grant.subject_id == LotteryDraw.id)
        .where(Grant.bucket == bucket_of(grant_id), Grant.id == grant_id)
    )
    if row is None:
        return ()
    return (
        (
            f"本活动第 {row.number} 次抽奖的奖品。结果由活动发布前锁定的种子和此前的抽奖链算出，"
            "抽奖截止后公布种子，任何人都可以验证。",
            f"The prize of draw {row.number} of the campaign. It follows from a seed that was "
            "fixed before the first draw and from the draws before; when draws are closed the "
            "seed is told and anyone can check it.",
        ),
    )


def public(campaign_id: UUID) -> Fields:
    """All that is public of a lottery but its draws. Raises CampaignUnknown."""
    terms = _published(campaign_id)
    book, shown = _book(campaign_id), service.rules_of(campaign_id)
    is_closed = now() >= service.closes_at(terms) + service.SEED_DELAY
    return {
        "campaign_id": campaign_id,
        "rules": shown,
        "rules_hash": rules.rules_hash(shown),
        "commitment": _seed_row(campaign_id).commitment,
        "draws": book.draws,
        "head": book.head,
        "closes_at": service.closes_at(terms),
        "seed": service.seed_of(campaign_id) if is_closed else None,
    }


def public_draws(campaign_id: UUID, after: int, limit: int) -> Fields:
    """Draws without who made them, in their order. Raises CampaignUnknown."""
    _published(campaign_id)
    rows = db.session.scalars(
        select(LotteryDraw)
        .where(LotteryDraw.bucket == bucket_of(campaign_id))
        .where(LotteryDraw.campaign_id == campaign_id, LotteryDraw.number > after)
        .order_by(LotteryDraw.number)
        .limit(limit + 1)
    ).all()
    return {"draws": rows[:limit], "next": rows[limit - 1].number if len(rows) > limit else None}


def checked(campaign_id: UUID, number: int) -> Fields:
    """A draw with what it follows from. Raises CampaignUnknown, also for a draw not yet made."""
    lottery = public(campaign_id)
    row = _numbered(campaign_id, number)
    if row is None:
        raise CampaignUnknown()
    before = _numbered(campaign_id, number - 1)
    head = before.head if before else rules.first_head(lottery["rules"], lottery["commitment"])
    seed = lottery["seed"]
    return {
        "number": row.number,
        "nonce": row.nonce,
        "prize": row.prize,
        "picked": row.picked,
        "head": row.head,
        "head_before": head,
        "roll": rules.roll(seed, head, number) if seed else None,
    }


def shown(row: LotteryDraw) -> Fields:
    """A draw as its member sees it."""
    prizes = campaigns.terms(row.campaign_id).settings.all_prizes
    prize = prizes[row.prize - 1] if row.prize else None
    grant = grants.find(row.grant_id) if row.grant_id else None
    return {each.key: getattr(row, each.key) for each in LotteryDraw.__mapper__.column_attrs} | {
        "prize_name": prize.name if prize else None,
        "prize_name_en": prize.name_en if prize else None,
        "kind": prize.kind if prize else None,
        "value_fen": grant.amount_fen if grant else 0,
        "tax_fen": grant.tax_fen if grant else 0,
        "journal_id": grant.journal_id if grant else None,
        "claim": claims.standing(row),
        "offer_id": prize.offer_id if prize else None,
        "order_id": grant.order_id if grant else None,
    }


def own_draws(member_id: UUID, campaign_id: UUID | None, after: UUID | None, limit: int) -> Fields:
    """A person's draws, the newest first."""
    found = select(LotteryDraw).where(LotteryDraw.member_id.in_(members.everyone_of(member_id)))
    if campaign_id is not None:
        found = found.where(LotteryDraw.campaign_id == campaign_id)
    if after is not None:
        found = found.where(LotteryDraw.id < after)
    rows = db.session.scalars(found.order_by(LotteryDraw.id.desc()).limit(limit + 1)).all()
    return {
        "draws": [shown(each) for each in rows[:limit]],
        "next": rows[limit - 1].id if len(rows) > limit else None,
    }


def own_draw(draw_id: UUID, member_id: UUID) -> Fields:
    """A draw of a person. Raises DrawUnknown, also for somebody else's."""
    its = (LotteryDraw.bucket == bucket_of(draw_id), LotteryDraw.id == draw_id)
    row = db.session.scalar(select(LotteryDraw).where(*its))
    if row is None or row.member_id not in members.everyone_of(member_id):
        raise DrawUnknown()
    return shown(row)


def _prizes(wish: LotterySettings, book: LotteryBook) -> list[Fields]:
    odds = {each.number: each.odds_ppm for each in wish.odds}
    return [
        each.model_dump(mode="json")
        | {
            "number": number,
            "odds_ppm": odds.get(number, 0),
            "left": each.stock - book.given.get(str(number), 0),
        }
        for number, each in enumerate(wish.all_prizes, 1)
    ]


def _published(campaign_id: UUID) -> Terms:
    terms = campaigns.terms(campaign_id)
    if terms.benefit != NAME or terms.published_at is None:
        raise CampaignUnknown()
    return terms


def _book(campaign_id: UUID) -> LotteryBook:
    return db.session.get_one(LotteryBook, (bucket_of(campaign_id), campaign_id))


def _seed_row(campaign_id: UUID) -> LotterySeed:
    return db.session.get_one(LotterySeed, campaign_id)


def _draw(draw_id: UUID) -> LotteryDraw:
    its = (LotteryDraw.bucket == bucket_of(draw_id), LotteryDraw.id == draw_id)
    return db.session.scalars(select(LotteryDraw).where(*its)).one()


def _numbered(campaign_id: UUID, number: int) -> LotteryDraw | None:
    if number > LAST_NUMBER:
        return None
    return db.session.get(LotteryDraw, (bucket_of(campaign_id), campaign_id, number))


def _count(condition: Any) -> int:
    return int(db.session.scalar(select(func.count()).where(condition)) or 0)
