"""Promotion: a member's links, clicks and report; what a merchant's programme brought. No rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.benefits import campaigns
from app.benefits.errors import CampaignUnknown
from app.benefits.promotion import clicks, fitness, links, reading
from app.benefits.promotion.errors import PromotionLinkUnknown
from app.benefits.promotion.models import PromotedSale
from app.benefits.promotion.rules import Subject
from app.benefits.promotion.schemas import (
    ClickRequest,
    ClickView,
    DayQuery,
    DayReport,
    LinkFigures,
    LinkPage,
    LinkRequest,
    LinkView,
    PageQuery,
    Promoted,
    SalePage,
    StaffLinkPage,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.auth import PLATFORM_ROLES
from app.core.db import in_transaction
from app.core.limits import PUBLIC_LOOK, limiter
from app.core.world import now

blueprint = api_blueprint("promotion", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support", "merchant_owner")


@blueprint.post("/promotion-links")
@blueprint.input(LinkRequest, arg_name="body")
@blueprint.output(LinkView, status_code=201)
@auth.member
def make_link(body: LinkRequest) -> Fields:
    """Make a link for a store, an offer or a content of a programme; again gives the same one."""
    member_id = auth.principal().id
    named = (
        (Subject.STORE, body.store_id),
        (Subject.PRODUCT, body.offer_id),
        (Subject.CONTENT, body.content),
    )
    subject, key = next((each, str(value)) for each, value in named if value is not None)

    def work() -> Fields:
        return links.own(links.make(member_id, body.campaign_id, subject, key))

    return in_transaction(work)


@blueprint.get("/me/promotion-links")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(LinkPage)
@auth.member
def list_links(query: PageQuery) -> Fields:
    """One's links and what came of each, the newest first."""

    def work() -> Fields:
        return reading.own_links(_me(), query.after, query.limit)

    return in_transaction(work)


@blueprint.get("/promotion-links/<uuid:link_id>")
@blueprint.output(LinkFigures)
@auth.member
def show_link(link_id: UUID) -> Fields:
    """A link of one's own and what came of it."""

    def work() -> Fields:
        row = links.find(link_id)
        if row.member_id not in _me():
            raise PromotionLinkUnknown()
        return links.own(row) | reading.sums_of([row.id])[row.id]

    return in_transaction(work)


@blueprint.get("/me/promotion-report")
@blueprint.input(DayQuery, location="query", arg_name="query")
@blueprint.output(DayReport)
@auth.member
def show_report(query: DayQuery) -> Fields:
    """What came of one's links, day by day."""
    return in_transaction(lambda: reading.days(_me(), query.from_day, query.to_day))


@blueprint.get("/me/promotion-sales")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(SalePage)
@auth.member
def list_sales(query: PageQuery) -> Fields:
    """The purchases that one's links brought, without who bought."""

    def work() -> Fields:
        mine = PromotedSale.promoter_id.in_(_me())
        return reading.sales(mine, after=query.after, limit=query.limit)

    return in_transaction(work)


@blueprint.get("/promotions/<string:token>")
@blueprint.output(Promoted)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_promoted(token: str) -> Fields:
    """What a link is about, for everybody who has it."""
    return in_transaction(lambda: links.described(links.of_token(token)))


@blueprint.post("/promotion-clicks")
@blueprint.input(ClickRequest, arg_name="body")
@blueprint.output(ClickView)
@auth.member
@limiter.limit(PUBLIC_LOOK)
def click(body: ClickRequest) -> Fields:
    """Say that one came by a link; once a minute is counted. Nobody's recommender changes by it."""
    member_id = auth.principal().id

    def work() -> Fields:
        row = links.of_token(body.token)
        is_counted = clicks.note(row, member_id, now())
        return links.described(row) | {"is_counted": is_counted}

    return in_transaction(work)


@blueprint.get("/campaigns/<uuid:campaign_id>/promotion-links")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(StaffLinkPage)
@auth.staff(*READERS)
def list_campaign_links(campaign_id: UUID, query: PageQuery) -> Fields:
    """The links of a programme and what came of each; promoters by their pseudonymous id."""

    def work() -> Fields:
        _theirs(campaign_id)
        return reading.links_of(campaign_id, query.after, query.limit)

    return in_transaction(work)


@blueprint.get("/campaigns/<uuid:campaign_id>/promotion-sales")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(SalePage)
@auth.staff(*READERS)
def list_campaign_sales(campaign_id: UUID, query: PageQuery) -> Fields:
    """The purchases that a programme's links brought."""

    def work() -> Fields:
        _theirs(campaign_id)
        mine = PromotedSale.campaign_id == campaign_id
        return reading.sales(mine, after=query.after, limit=query.limit)

    return in_transaction(work)


def _me() -> list[UUID]:
    return fitness.people_of(auth.principal().id)


def _theirs(campaign_id: UUID) -> None:
    """Raises CampaignUnknown for a foreign merchant's, and for other kinds."""
    row, caller = campaigns.find(campaign_id), auth.principal()
    if row.benefit != links.NAME:
        raise CampaignUnknown()
    if not caller.roles & PLATFORM_ROLES and row.merchant_id != caller.merchant_id:
        raise CampaignUnknown()
