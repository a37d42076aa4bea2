"""What came of links: sums by link, by day, and purchase by purchase. Reads only, in the current
unit of work; days are business days (Asia/Shanghai)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from app.benefits.contract import Figure, Terms
from app.benefits.models import Grant
from app.benefits.promotion import links, money
from app.benefits.promotion.models import Link, LinkClick, PromotedSale
from app.benefits.promotion.rules import Status
from app.core.db import db
from app.core.world import start_of_beijing_day

Fields = dict[str, Any]
REASONS = {
    "own_purchase": ("这是您本人的消费", "It was your own purchase"),
    "own_shop": ("您属于该商家", "You belong to the merchant"),
    "ring": ("经核实的关联交易", "A confirmed ring"),
    "suspended": ("您的推广资格已暂停", "Your right to promote is suspended"),
    "has_share": (
        "该笔消费您已作为推荐人获得分润，一人只得一份",
        "You have a share of this purchase as whoever brought its payer: one of both at most",
    ),
    "nothing_paid": ("该笔消费没有实付金额", "Nothing of it was really paid"),
    "unfunded": (
        "活动已结束，商家预算不足",
        "The programme ended without the money for it",
    ),
}
COUNTED = (Status.WAITING, Status.PAID, Status.TAKEN_BACK, Status.EXPECTED)
_GIVEN = (Grant.subject_id == PromotedSale.sale_id) & (Grant.id == PromotedSale.grant_id)
_DAY_SECONDS = 86_400


def sums_of(link_ids: Collection[UUID]) -> dict[UUID, Fields]:
    """What came of each of these links."""
    found: dict[UUID, Fields] = {each: blank() for each in link_ids}
    clicks = select(LinkClick.link_id, func.count()).where(LinkClick.link_id.in_(link_ids))
    for link_id, count in db.session.execute(clicks.group_by(LinkClick.link_id)):
        found[link_id]["clicks"] = count
    for row in _by_state(PromotedSale.link_id, PromotedSale.link_id.in_(link_ids)):
        _add(found[row.place], row)
    return found


def days(promoter_ids: Collection[UUID], first: date, last: date) -> Fields:
    """What came of somebody's links, day by day and together."""
    span = (last - first).days + 1
    found = {first + timedelta(days=number): blank() for number in range(span)}
    begins, ends = start_of_beijing_day(first), start_of_beijing_day(last + timedelta(days=1))
    mine = select(Link.id).where(Link.member_id.in_(promoter_ids))
    at = _day_number(LinkClick.clicked_at, begins.timestamp())
    clicks = select(at, func.count()).where(
        LinkClick.link_id.in_(mine), LinkClick.clicked_at >= begins, LinkClick.clicked_at < ends
    )
    for number, count in db.session.execute(clicks.group_by(at)):
        found[first + timedelta(days=int(number))]["clicks"] = count
    rows = _by_state(
        _day_number(PromotedSale.purchased_at, begins.timestamp()),
        PromotedSale.promoter_id.in_(promoter_ids),
        PromotedSale.purchased_at >= begins,
        PromotedSale.purchased_at < ends,
    )
    for row in rows:
        _add(found[first + timedelta(days=int(row.place))], row)
    told = [{"day": day} | sums for day, sums in sorted(found.items())]
    return {"days": told, "total": _together(found.values())}


def own_links(promoter_ids: Collection[UUID], after: UUID | None, limit: int) -> Fields:
    """Somebody's links with what came of them, the newest first."""
    rows, following = _links(Link.member_id.in_(promoter_ids), after=after, limit=limit)
    sums = sums_of([row.id for row in rows])
    return {"links": [links.own(row) | sums[row.id] for row in rows], "next": following}


def links_of(campaign_id: UUID, after: UUID | None, limit: int) -> Fields:
    """All links of a campaign with what came of them, the newest first."""
    rows, following = _links(Link.campaign_id == campaign_id, after=after, limit=limit)
    sums = sums_of([row.id for row in rows])
    titles = links.titles(campaign_id, rows)
    told = [_staff_view(row, titles) | sums[row.id] for row in rows]
    return {"links": told, "next": following}


def sales(*conditions: ColumnElement[bool], after: UUID | None, limit: int) -> Fields:
    """Purchases that links brought, the newest first."""
    statement = select(PromotedSale, Grant).outerjoin(Grant, _GIVEN).where(*conditions)
    if after is not None:
        statement = statement.where(PromotedSale.sale_id < after)
    ordered = statement.order_by(PromotedSale.sale_id.desc()).limit(limit + 1)
    rows = db.session.execute(ordered).all()
    told = [_sale_view(row, grant) for row, grant in rows[:limit]]
    return {"sales": told, "next": told[-1]["sale_id"] if len(rows) > limit else None}


def figures(terms: Terms) -> Sequence[Figure]:
    """The lines of a programme's report."""
    sums = blank()
    for row in _by_state(PromotedSale.campaign_id, PromotedSale.campaign_id == terms.id):
        _add(sums, row)
    mine = select(Link.id).where(Link.campaign_id == terms.id)
    clicks = select(func.count()).select_from(LinkClick).where(LinkClick.link_id.in_(mine))
    promoters = select(func.count(Link.member_id.distinct())).where(Link.campaign_id == terms.id)
    return (
        Figure("promoters", ("推广者", "Promoters"), count=db.session.scalar(promoters)),
        Figure("clicks", ("点击", "Clicks"), count=db.session.scalar(clicks)),
        Figure("sales", ("成交", "Purchases"), count=sums["sales"]),
        Figure("expected", ("待完成", "Expected"), amount_fen=sums["expected_fen"]),
        Figure("waiting", ("待补足预算", "Waits for money"), amount_fen=sums["waiting_fen"]),
        Figure("frozen", ("冻结中", "Frozen"), amount_fen=sums["frozen_fen"]),
        Figure("freed", ("已解冻", "Freed"), amount_fen=sums["freed_fen"]),
        Figure("taken_back", ("已收回", "Taken back"), amount_fen=sums["taken_back_fen"]),
        Figure("unpaid", ("未支付", "Not paid"), amount_fen=sums["unpaid_fen"]),
    )


def view(terms: Terms, member_id: UUID | None) -> Mapping[str, Any]:
    """A programme as everybody sees it, and how many links of it are the member's own."""
    said: Fields = terms.settings.model_dump(mode="json")
    told = said | {"is_funded": money.is_funded(terms)}
    if member_id is not None:
        mine = (Link.campaign_id == terms.id, Link.member_id == member_id)
        told["my_links"] = db.session.scalar(select(func.count()).where(*mine))
    return told


def blank() -> Fields:
    """No click and no purchase."""
    names = ("clicks", "sales", "earned_fen", "expected_fen", "waiting_fen", "frozen_fen",
             "freed_fen", "taken_back_fen", "unpaid_fen")  # fmt: skip
    return dict.fromkeys(names, 0)


def _by_state(place: Any, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
    is_freed = Grant.released_at.is_not(None)
    statement = (
        select(
            place.label("place"),
            PromotedSale.status,
            is_freed.label("is_freed"),
            func.count().label("number"),
            func.sum(PromotedSale.amount_fen - PromotedSale.lost_fen).label("left_fen"),
            func.sum(PromotedSale.lost_fen).label("lost_fen"),
        )
        .outerjoin(Grant, _GIVEN)
        .where(*conditions)
        .group_by(place, PromotedSale.status, is_freed)
    )
    return db.session.execute(statement).all()


def _add(sums: Fields, row: Row[Any]) -> None:
    status, left_fen, lost_fen = Status(row.status), int(row.left_fen), int(row.lost_fen)
    if status in COUNTED:
        sums["sales"] += row.number
    if status is Status.EXPECTED:
        sums["expected_fen"] += left_fen
    elif status in (Status.REFUSED, Status.CLOSED):
        sums["unpaid_fen"] += left_fen
    elif status is not Status.LAPSED:
        sums["taken_back_fen"] += lost_fen
        sums["earned_fen"] += left_fen
        state = "waiting" if status is Status.WAITING else "freed" if row.is_freed else "frozen"
        sums[f"{state}_fen"] += left_fen


def _together(found: Collection[Fields]) -> Fields:
    total: dict[str, int] = defaultdict(int)
    for sums in found:
        for name, figure in sums.items():
            total[name] += figure
    return dict(total)


def _day_number(moment: Any, begins: float) -> Any:
    return func.floor((func.extract("epoch", moment) - begins) / _DAY_SECONDS)


def _links(
    *conditions: ColumnElement[bool], after: UUID | None, limit: int
) -> tuple[Sequence[Link], UUID | None]:
    statement = select(Link).where(*conditions)
    if after is not None:
        statement = statement.where(Link.id < after)
    rows = db.session.scalars(statement.order_by(Link.id.desc()).limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _staff_view(row: Link, titles: Mapping[tuple[str, str], str | None]) -> Fields:
    return {
        "id": row.id,
        "promoter_id": row.member_id,
        "subject": row.subject,
        "target": row.target,
        "title": titles[row.subject, row.target],
        "created_at": row.created_at,
    }


def _sale_view(row: PromotedSale, grant: Grant | None) -> Fields:
    why = REASONS.get(row.reason or "", (None, None))
    return {
        "sale_id": row.sale_id,
        "link_id": row.link_id,
        "campaign_id": row.campaign_id,
        "status": row.status,
        "reason": row.reason,
        "reason_text": why[0],
        "reason_text_en": why[1],
        "amount_fen": row.amount_fen,
        "lost_fen": row.lost_fen,
        "purchased_at": row.purchased_at,
        "changed_at": row.changed_at,
        "release_at": grant.release_at if grant else None,
        "released_at": grant.released_at if grant else None,
    }
