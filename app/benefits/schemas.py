"""Shapes of campaigns. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from app.benefits.audience import Audience
from app.benefits.contract import Funder
from app.core.schemas import Body, Fen, FenOrZero, Moment, ShortText, View

Instant = Annotated[AwareDatetime, Field(description="RFC 3339 with its offset")]
Status = Literal["draft", "published", "paused", "ended"]
LONGEST_DAYS = 366


class CampaignRequest(Body):
    """What a campaign says. `settings` has the form that `GET /benefits` describes for its kind;
    `funder` is one of those it names. A budget belongs to the campaign fund or to a merchant's
    offer budget; the queue pool and payers need none."""

    benefit: ShortText
    name: ShortText
    name_en: ShortText
    funder: Funder
    settings: dict[str, Any]
    audience: Audience = Audience()
    budget_fen: FenOrZero = 0
    starts_at: Instant
    ends_at: Instant
    merchant_id: UUID | None = None

    @model_validator(mode="after")
    def _sound(self) -> CampaignRequest:
        length = (self.ends_at - self.starts_at).total_seconds()
        if not 0 < length <= LONGEST_DAYS * 86_400:
            raise ValueError("a campaign ends after it starts, within a year")
        if self.funder.has_budget != bool(self.budget_fen):
            raise ValueError("a campaign paid by a fund has a budget, any other has none")
        if (self.funder is Funder.OFFER_BUDGET) != (self.merchant_id is not None):
            raise ValueError("a merchant's campaign is paid from that merchant's offer budget")
        return self


class CampaignMoney(Body):
    """More for a campaign."""

    amount_fen: Fen


class CampaignReason(Body):
    """Why a campaign stops."""

    reason: ShortText


class CampaignQuery(Body):
    """Which campaigns: the newest first, before an id."""

    benefit: ShortText | None = None
    status: Status | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class CampaignView(View):
    """A campaign as staff see it."""

    id: UUID
    benefit: str
    name: str
    name_en: str
    merchant_id: UUID | None
    merchant_name: str | None = None
    funder: Funder
    settings: dict[str, Any]
    audience: dict[str, Any]
    budget_fen: int
    starts_at: Moment
    ends_at: Moment
    status: Status
    revision: int
    editors: list[UUID]
    created_by: UUID
    created_at: Moment
    published_by: UUID | None
    published_at: Moment | None
    ended_at: Moment | None
    returned_at: Moment | None
    reason: str | None


class KeptCampaign(CampaignView):
    """A campaign and what is left in its pot."""

    left_fen: int
    request_id: str | None = None


class PublishQuery(Body):
    """Which revision of the draft was read; without it only what was never rewritten fits."""

    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1


class CampaignPage(View):
    """A page of campaigns; `next` is the id to go on from."""

    campaigns: list[CampaignView]
    next: UUID | None


class PublicCampaign(View):
    """A campaign as everybody sees it; `details` is the kind's own view, with what is the
    caller's."""

    id: UUID
    benefit: str
    title: str
    title_en: str
    name: str
    name_en: str
    merchant_id: UUID | None
    starts_at: Moment
    ends_at: Moment
    status: Status
    is_for_me: bool
    details: dict[str, Any]


class RunningQuery(Body):
    """Which running campaigns: of one kind, before an id; the newest first."""

    benefit: ShortText | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class PublicCampaigns(View):
    """A page of what is running now; `next` is the id to go on from."""

    campaigns: list[PublicCampaign]
    next: UUID | None


class BenefitView(View):
    """A kind of benefit: `form` is a JSON schema, `example` are settings that fit it."""

    name: str
    title: str
    title_en: str
    funders: list[Funder]
    form: dict[str, Any]
    example: dict[str, Any]


class BenefitList(View):
    """All kinds."""

    benefits: list[BenefitView]


class FigureView(View):
    """A line of a report: a count or an amount."""

    code: str
    title: str
    title_en: str
    count: int | None
    amount_fen: int | None


class CampaignReport(KeptCampaign):
    """A campaign and who got what of it: `given_fen` is what was paid, less what came back."""

    grant_count: int
    given_fen: int
    taken_back_fen: int
    tax_fen: int
    receivers: int
    promised_fen: int
    figures: list[FigureView]


class GrantQuery(Body):
    """Which grants: the newest first, before an id."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class GrantView(View):
    """What somebody got; `order_id` is the order of goods that it has paid."""

    id: UUID
    campaign_id: UUID
    benefit: str
    subject_id: UUID
    purse: str
    amount_fen: int
    tax_fen: int
    collected_fen: int
    taken_back_fen: int
    journal_id: UUID
    order_id: UUID | None
    created_at: Moment
    release_at: Moment | None
    released_at: Moment | None


class GivenGrant(GrantView):
    """A grant as staff see it."""

    owner_id: UUID


class GrantPage(View):
    """A page of a campaign's grants."""

    grants: list[GivenGrant]
    next: UUID | None


class OwnGrantPage(View):
    """A page of one's own grants."""

    grants: list[GrantView]
    next: UUID | None
