"""Campaigns: the platform's by operators, a merchant's by its owner; what runs; one's own grants.
Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import ValidationError

from app.benefits import campaigns, reading
from app.benefits.campaigns import Draft
from app.benefits.contract import Funder
from app.benefits.errors import CampaignUnknown
from app.benefits.models import Campaign, Grant
from app.benefits.registry import benefit, benefits
from app.benefits.schemas import (
    BenefitList,
    CampaignMoney,
    CampaignPage,
    CampaignQuery,
    CampaignReason,
    CampaignReport,
    CampaignRequest,
    GrantPage,
    GrantQuery,
    KeptCampaign,
    OwnGrantPage,
    PublicCampaign,
    PublicCampaigns,
    PublishQuery,
    RunningQuery,
)
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.auth import PLATFORM_ROLES
from app.core.db import in_transaction
from app.core.errors import InvalidRequest
from app.core.idempotency import idempotent
from app.core.limits import PUBLIC_LOOK, limiter
from app.members import service as members

blueprint = api_blueprint("campaigns", __name__)
Fields = dict[str, Any]
WRITERS = ("operator", "merchant_owner")
READERS = ("operator", "finance", "reviewer", "support", "merchant_owner")


@blueprint.get("/benefits")
@blueprint.output(BenefitList)
@auth.staff(*READERS)
def list_benefits() -> Fields:
    """The kinds of campaigns, each with the schema of its settings."""
    return {"benefits": [reading.described(kind) for _, kind in sorted(benefits().items())]}


@blueprint.post("/campaigns")
@blueprint.input(CampaignRequest, arg_name="body")
@blueprint.output(KeptCampaign, status_code=201)
@auth.staff(*WRITERS)
def add_campaign(body: CampaignRequest) -> Fields:
    """Draft a campaign; somebody else publishes it."""
    new, author = _draft(body), auth.principal().id
    return in_transaction(lambda: reading.kept(campaigns.add(new, author)))


@blueprint.put("/campaigns/<uuid:campaign_id>")
@blueprint.input(CampaignRequest, arg_name="body")
@blueprint.output(KeptCampaign)
@auth.staff(*WRITERS)
def change_campaign(campaign_id: UUID, body: CampaignRequest) -> Fields:
    """Rewrite a draft."""
    new, author = _draft(body), auth.principal().id
    return _on(campaign_id, lambda: campaigns.change(campaign_id, new, author))


@blueprint.delete("/campaigns/<uuid:campaign_id>")
@auth.staff(*WRITERS)
def drop_campaign(campaign_id: UUID) -> tuple[str, int]:
    """Throw a draft away."""

    def work() -> None:
        _theirs(campaign_id)
        campaigns.drop(campaign_id)

    in_transaction(work)
    return "", 204


@blueprint.get("/campaigns")
@blueprint.input(CampaignQuery, location="query", arg_name="query")
@blueprint.output(CampaignPage)
@auth.staff(*READERS)
def list_campaigns(query: CampaignQuery) -> Fields:
    """Campaigns, the newest first: all for the platform, a merchant's own for its owner."""
    caller, conditions = auth.principal(), []
    if not caller.roles & PLATFORM_ROLES:
        conditions.append(Campaign.merchant_id == caller.merchant_id)
    if query.benefit is not None:
        conditions.append(Campaign.benefit == query.benefit)
    if query.status is not None:
        conditions.append(Campaign.status == query.status)

    def work() -> Fields:
        found = reading.page(*conditions, after=query.after, limit=query.limit)
        return CampaignPage.model_validate(found).model_dump()

    return in_transaction(work)


@blueprint.get("/campaigns/<uuid:campaign_id>")
@blueprint.output(CampaignReport)
@auth.staff(*READERS)
def show_campaign(campaign_id: UUID) -> Fields:
    """A campaign and its report."""
    return in_transaction(lambda: reading.report(_theirs(campaign_id)))


@blueprint.get("/campaigns/<uuid:campaign_id>/grants")
@blueprint.input(GrantQuery, location="query", arg_name="query")
@blueprint.output(GrantPage)
@auth.staff(*READERS)
def list_grants(campaign_id: UUID, query: GrantQuery) -> Fields:
    """Who got what of a campaign, the newest first."""

    def work() -> Fields:
        _theirs(campaign_id)
        mine = Grant.campaign_id == campaign_id
        found = reading.grants(mine, after=query.after, limit=query.limit)
        return GrantPage.model_validate(found).model_dump()

    return in_transaction(work)


@blueprint.post("/campaigns/<uuid:campaign_id>/publish")
@blueprint.input(PublishQuery, location="query", arg_name="query")
@blueprint.output(KeptCampaign)
@idempotent(money=True)
@auth.staff("operator")
def publish_campaign(campaign_id: UUID, query: PublishQuery) -> Response:
    """Publish a draft that others wrote, as it was read (`revision`): its rules are fixed and its
    budget is put aside."""
    staff_id = auth.principal().id
    return _executed(lambda: campaigns.publish(campaign_id, query.revision, staff_id))


@blueprint.post("/campaigns/<uuid:campaign_id>/money")
@blueprint.input(CampaignMoney, arg_name="body")
@blueprint.output(KeptCampaign)
@idempotent(money=True)
@auth.staff(*WRITERS)
def fund_campaign(campaign_id: UUID, body: CampaignMoney) -> Response:
    """Add to the budget: an operator to the platform's, an owner to their merchant's."""
    staff_id = auth.principal().id

    def work() -> Campaign:
        _own(campaigns.find(campaign_id))
        return campaigns.add_money(campaign_id, body.amount_fen, staff_id)

    return _executed(work)


@blueprint.post("/campaigns/<uuid:campaign_id>/pause")
@blueprint.input(CampaignReason, arg_name="body")
@blueprint.output(KeptCampaign)
@auth.staff(*WRITERS)
def pause_campaign(campaign_id: UUID, body: CampaignReason) -> Fields:
    """Stop earning for now; nothing else changes."""
    return _on(campaign_id, lambda: campaigns.pause(campaign_id, body.reason))


@blueprint.post("/campaigns/<uuid:campaign_id>/resume")
@blueprint.output(KeptCampaign)
@auth.staff("operator")
def resume_campaign(campaign_id: UUID) -> Fields:
    """Let a paused campaign go on."""
    return _on(campaign_id, lambda: campaigns.resume(campaign_id))


@blueprint.post("/campaigns/<uuid:campaign_id>/end")
@blueprint.input(CampaignReason, arg_name="body")
@blueprint.output(KeptCampaign)
@auth.staff(*WRITERS)
def end_campaign(campaign_id: UUID, body: CampaignReason) -> Fields:
    """End a campaign for good: what was earned is paid, the rest returns to its funder."""
    return _on(campaign_id, lambda: campaigns.end(campaign_id, body.reason))


@blueprint.get("/running-campaigns")
@blueprint.input(RunningQuery, location="query", arg_name="query")
@blueprint.output(PublicCampaigns)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def list_running(query: RunningQuery) -> Fields:
    """What runs now, for everybody to see."""
    return _running(None, query)


@blueprint.get("/me/campaigns")
@blueprint.input(RunningQuery, location="query", arg_name="query")
@blueprint.output(PublicCampaigns)
@auth.member
def list_mine(query: RunningQuery) -> Fields:
    """What runs now, with what is the member's own in each."""
    return _running(auth.principal().id, query)


@blueprint.get("/me/campaigns/<uuid:campaign_id>")
@blueprint.output(PublicCampaign)
@auth.member
def show_mine(campaign_id: UUID) -> Fields:
    """A published campaign, also one that is over, with what is the member's own."""
    member_id = auth.principal().id

    def work() -> Fields:
        terms = campaigns.terms(campaign_id)
        if terms.published_at is None:
            raise CampaignUnknown()
        return reading.shown(terms, member_id)

    return in_transaction(work)


@blueprint.get("/me/grants")
@blueprint.input(GrantQuery, location="query", arg_name="query")
@blueprint.output(OwnGrantPage)
@auth.member
def list_own_grants(query: GrantQuery) -> Fields:
    """What the member got of campaigns, the newest first."""

    def work() -> Fields:
        people = members.everyone_of(auth.principal().id)
        mine = Grant.owner_id.in_(people)
        found = reading.grants(mine, after=query.after, limit=query.limit)
        return OwnGrantPage.model_validate(found).model_dump()

    return in_transaction(work)


def _running(member_id: UUID | None, query: RunningQuery) -> Fields:
    place: Fields = {"after": query.after, "limit": query.limit}
    return in_transaction(lambda: reading.running(member_id, query.benefit, **place))


def _draft(body: CampaignRequest) -> Draft:
    """Raises BenefitUnknown, CampaignUnknown (a foreign merchant's), InvalidRequest."""
    caller, kind = auth.principal(), benefit(body.benefit)
    is_own = body.merchant_id is not None and body.merchant_id == caller.merchant_id
    is_platforms = body.merchant_id is None and "operator" in caller.roles
    if not is_own and not is_platforms:
        raise CampaignUnknown()
    if body.funder not in kind.funders:
        raise InvalidRequest(errors={"funder": ["this kind is not paid that way"]})
    try:
        kind.settings.model_validate(body.settings)
    except ValidationError as refusal:
        raise InvalidRequest(errors=_places(refusal)) from refusal
    fields = body.model_dump(exclude={"audience"})
    audience = body.audience.model_dump(mode="json", exclude_defaults=True)
    return Draft(**(fields | {"audience": audience, "funder": Funder(body.funder)}))


def _places(refusal: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in refusal.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(["settings", *map(str, each["loc"])])
        found.setdefault(place, []).append(each["msg"])
    return found


def _theirs(campaign_id: UUID) -> Campaign:
    """Raises CampaignUnknown for a foreign merchant's."""
    row, caller = campaigns.find(campaign_id), auth.principal()
    if not caller.roles & PLATFORM_ROLES and row.merchant_id != caller.merchant_id:
        raise CampaignUnknown()
    return row


def _own(row: Campaign) -> None:
    """Raises CampaignUnknown unless the money behind it is the caller's to give."""
    caller = auth.principal()
    may = "operator" in caller.roles if row.merchant_id is None else False
    if not may and (row.merchant_id is None or row.merchant_id != caller.merchant_id):
        raise CampaignUnknown()


def _on(campaign_id: UUID, work: Callable[[], Campaign]) -> Fields:
    def unit() -> Fields:
        _theirs(campaign_id)
        return reading.kept(work())

    return in_transaction(unit)


def _executed(work: Callable[[], Campaign]) -> Response:
    def unit() -> tuple[int, Fields]:
        shown = KeptCampaign.model_validate(reading.kept(work()))
        return 200, shown.model_dump(mode="json", exclude={"request_id"})

    return idempotency.execute(unit)
