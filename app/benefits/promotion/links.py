"""Links of promoters: made, found by their token, and what each is about.

A link's id is the subject of a scene token, so that the same token works as an address, a code,
a poster and a mini-program code (app/qr).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.alliance import service as alliance
from app.benefits import audience, campaigns
from app.benefits.contract import Terms
from app.benefits.errors import CampaignUnknown
from app.benefits.promotion import fitness, money
from app.benefits.promotion.errors import PromotionLinkUnknown, PromotionUnfit
from app.benefits.promotion.models import Link
from app.benefits.promotion.rules import Subject
from app.core.config import settings
from app.core.db import db
from app.core.world import bucket_of, new_id, now
from app.qr import service as qr
from app.qr.service import Caption, Kind, UnknownScene

NAME = "promotion"
CLOSED = {
    "not_running": ("活动未开始、已暂停或已结束", "The campaign is not running"),
    "withdrawn": ("该商品已下架", "The product is no longer on sale"),
    "unfunded": (
        "商家的推广预算不足，暂停推广，补足后自动恢复",
        "The merchant's budget is used up; the programme goes on once it is filled up",
    ),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a link promotes, as people read it."""

    subject: Subject
    key: str
    title: str
    text: str
    link: str | None = None
    store_id: UUID | None = None
    offer_id: UUID | None = None
    is_withdrawn: bool = False


def make(member_id: UUID, campaign_id: UUID, subject: Subject, key: str) -> Link:
    """The member's link for something of a running campaign, made if there is none yet.

    Locks the campaign, shared. Raises CampaignUnknown, CampaignNotRunning, NotInAudience,
    SelfPromotion, RecommendingSuspended, PromotionUnfit, PromotionUnfunded.
    """
    terms = programme(campaign_id)
    known = _mine(member_id, campaign_id, subject, key)
    if known is not None:
        return known
    campaigns.running(campaign_id)
    assert terms.merchant_id is not None
    audience.require(terms, member_id)
    fitness.require_promoter(member_id, terms.merchant_id)
    found = target(terms, subject, key)
    if found is None or found.is_withdrawn:
        raise PromotionUnfit(field=subject.value)
    money.require_funded(terms)
    _insert(member_id, terms, subject, key)
    made = _mine(member_id, campaign_id, subject, key)
    assert made is not None
    qr.issue(Kind.PROMOTION, made.id, issued_by=member_id)
    return made


def programme(campaign_id: UUID) -> Terms:
    """A published programme of promotion. Raises CampaignUnknown."""
    terms = campaigns.terms(campaign_id)
    if terms.benefit != NAME or terms.published_at is None:
        raise CampaignUnknown()
    return terms


def find(link_id: UUID) -> Link:
    """Raises PromotionLinkUnknown."""
    row = db.session.get(Link, (bucket_of(link_id), link_id))
    if row is None:
        raise PromotionLinkUnknown()
    return row


def of_token(token: str) -> Link:
    """Raises PromotionLinkUnknown, also for codes of another kind."""
    try:
        scene = qr.resolve(token)
    except UnknownScene as error:
        raise PromotionLinkUnknown() from error
    if scene.kind is not Kind.PROMOTION:
        raise PromotionLinkUnknown()
    return find(scene.subject_id)


def several(link_ids: set[UUID]) -> dict[UUID, Link]:
    """Links by id."""
    keys = [(bucket_of(each), each) for each in link_ids]
    rows = db.session.scalars(select(Link).where(tuple_(Link.bucket, Link.id).in_(keys)))
    return {row.id: row for row in rows}


def forget(member_id: UUID) -> None:
    """Deletes a member's links: their tokens lead nowhere, and clicks on them bring nothing."""
    gone = delete(Link).where(Link.bucket == bucket_of(member_id), Link.member_id == member_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def target(terms: Terms, subject: Subject, key: str) -> Target | None:
    """What a programme promotes under this name; None where it does not."""
    wanted = terms.settings
    if subject not in wanted.subjects:
        return None
    if subject is Subject.CONTENT:
        content = next((each for each in wanted.contents if each.key == key), None)
        if content is None:
            return None
        address = str(content.link) if content.link else None
        return Target(subject, key, content.title, content.text, address)
    named = wanted.store_ids if subject is Subject.STORE else wanted.offer_ids
    if named and UUID(key) not in named:
        return None
    return _store(terms, key) if subject is Subject.STORE else _product(terms, key)


def closed_because(terms: Terms, found: Target | None) -> str | None:
    """Why a purchase would earn nothing now, or None."""
    if not terms.is_running(now()):
        return "not_running"
    if found is None or found.is_withdrawn:
        return "withdrawn"
    return None if money.is_funded(terms) else "unfunded"


def described(row: Link) -> dict[str, Any]:
    """What a link is about, for whoever comes by it."""
    terms = campaigns.terms(row.campaign_id)
    found = target(terms, Subject(row.subject), row.target)
    why = closed_because(terms, found)
    words = CLOSED[why] if why else (None, None)
    return {
        "campaign_id": terms.id,
        "campaign_name": terms.name,
        "campaign_name_en": terms.name_en,
        "merchant_id": row.merchant_id,
        "subject": row.subject,
        "target": row.target,
        "title": found.title if found else "",
        "text": found.text if found else "",
        "link": found.link if found else None,
        "store_id": found.store_id if found else None,
        "offer_id": found.offer_id if found else None,
        "ends_at": terms.ends_at,
        "closed_because": why,
        "closed_text": words[0],
        "closed_text_en": words[1],
    }


def titles(campaign_id: UUID, rows: Iterable[Link]) -> dict[tuple[str, str], str | None]:
    """What is promoted by links of a campaign is called today, by subject and target; None where it
    is gone."""
    terms = campaigns.terms(campaign_id)
    wanted = {(row.subject, row.target) for row in rows}
    found = {each: target(terms, Subject(each[0]), each[1]) for each in wanted}
    return {each: promoted.title if promoted else None for each, promoted in found.items()}


def own(row: Link) -> dict[str, Any]:
    """A link as its promoter sees it, with its doors."""
    token = qr.token_of(Kind.PROMOTION, row.id)
    codes = f"/api/v1/codes/{token}"
    wanted = campaigns.terms(row.campaign_id).settings
    return described(row) | {
        "id": row.id,
        "token": token,
        "page": f"{settings().base_url.rstrip('/')}/api/v1/oauth/start?scene={token}",
        "code": f"{codes}.png",
        "poster": f"{codes}/poster.png",
        "mini_program": f"{codes}/mini-program",
        "more": f"{codes}/links",
        "commission_bp": wanted.commission_bp,
        "cap_fen": wanted.cap_fen,
        "window_days": wanted.window_days,
        "created_at": row.created_at,
    }


def caption(kind: Kind, subject_id: UUID) -> Caption | None:
    """Receiver of `caption_asked`: what stands beside the code on a promoter's poster."""
    if kind is not Kind.PROMOTION:
        return None
    row = db.session.get(Link, (bucket_of(subject_id), subject_id))
    if row is None:
        return None
    found = target(campaigns.terms(row.campaign_id), Subject(row.subject), row.target)
    return Caption(found.title, "好友推荐 · 微信扫码查看") if found else None


def _store(terms: Terms, key: str) -> Target | None:
    try:
        store = alliance.store(UUID(key))
    except alliance.StoreUnknown:
        return None
    if store.merchant_id != terms.merchant_id:
        return None
    return Target(Subject.STORE, key, store.name, store.address, store_id=store.id)


def _product(terms: Terms, key: str) -> Target | None:
    offer = alliance.offer_facts(UUID(key))
    if offer is None or offer.merchant_id != terms.merchant_id:
        return None
    return Target(
        Subject.PRODUCT,
        key,
        offer.title,
        offer.text,
        store_id=offer.store_id,
        offer_id=offer.id,
        is_withdrawn=not offer.is_displayed,
    )


def _mine(member_id: UUID, campaign_id: UUID, subject: Subject, key: str) -> Link | None:
    return db.session.scalar(
        select(Link).where(
            Link.bucket == bucket_of(member_id),
            Link.campaign_id == campaign_id,
            Link.member_id == member_id,
            Link.subject == subject.value,
            Link.target == key,
        )
    )


def _insert(member_id: UUID, terms: Terms, subject: Subject, key: str) -> None:
    bucket = bucket_of(member_id)
    values = {
        "bucket": bucket,
        "id": new_id(bucket),
        "campaign_id": terms.id,
        "merchant_id": terms.merchant_id,
        "member_id": member_id,
        "subject": subject.value,
        "target": key,
        "created_at": now(),
    }
    db.session.execute(insert(Link).values(values).on_conflict_do_nothing())
