"""What a promotion programme says, and the shapes of its routes. Fen, basis points, UTC."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, HttpUrl, model_validator

from app.benefits.promotion.rules import LONGEST_WINDOW, Status, Subject
from app.core.schemas import Body, Fen, Moment, ShortText, View

ContentKey = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Token = Annotated[str, Field(strict=True, min_length=1, max_length=64)]
Ids = Annotated[list[UUID], Field(max_length=100)]


class Content(Body):
    """A page or text to share (推广内容), with an address to read on."""

    key: ContentKey
    title: ShortText
    text: Annotated[str, Field(strict=True, min_length=1, max_length=500)]
    link: Annotated[HttpUrl, Field(description="https only")] | None = None

    @model_validator(mode="after")
    def _secure(self) -> Content:
        if self.link is not None and self.link.scheme != "https":
            raise ValueError("a link begins with https://")
        return self


class PromotionSettings(Body):
    """A promotion programme of a merchant (推广计划), paid from what it has put aside.

    `store_ids` and `offer_ids` narrow what may be promoted; empty: all of the merchant's.
    """

    commission_bp: Annotated[
        int, Field(strict=True, ge=1, le=5_000, title="佣金比例 Commission",
                   description="basis points of what was really paid; 500 = 5 %")
    ]  # fmt: skip
    cap_fen: Annotated[Fen, Field(title="每笔封顶 Cap per sale")]
    window_days: Annotated[
        int, Field(strict=True, ge=1, le=LONGEST_WINDOW.days, title="归因天数 Window (days)")
    ]
    subjects: Annotated[
        list[Subject], Field(min_length=1, max_length=3, title="可推广 What may be promoted")
    ] = [Subject.STORE, Subject.PRODUCT]
    store_ids: Annotated[Ids, Field(title="门店 Stores")] = []
    offer_ids: Annotated[Ids, Field(title="商品 Offers")] = []
    contents: Annotated[list[Content], Field(max_length=20, title="内容 Contents")] = []

    @model_validator(mode="after")
    def _sound(self) -> PromotionSettings:
        if len(set(self.subjects)) != len(self.subjects):
            raise ValueError("each kind of subject is named once")
        if (Subject.CONTENT in self.subjects) != bool(self.contents):
            raise ValueError("contents are given exactly where they may be promoted")
        if len({each.key for each in self.contents}) != len(self.contents):
            raise ValueError("each content has a key of its own")
        return self


class LinkRequest(Body):
    """What to promote: exactly one of a store, an offer, or a content's key."""

    campaign_id: UUID
    store_id: UUID | None = None
    offer_id: UUID | None = None
    content: ContentKey | None = None

    @model_validator(mode="after")
    def _one(self) -> LinkRequest:
        if sum(each is not None for each in (self.store_id, self.offer_id, self.content)) != 1:
            raise ValueError("a link promotes exactly one of store_id, offer_id and content")
        return self


class ClickRequest(Body):
    """The token that somebody came with."""

    token: Token


class Promoted(View):
    """What a link is about; `closed_because` is null where a purchase would earn something."""

    campaign_id: UUID
    campaign_name: str
    campaign_name_en: str
    merchant_id: UUID
    subject: Subject
    target: str
    title: str
    text: str
    link: str | None
    store_id: UUID | None
    offer_id: UUID | None
    ends_at: Moment
    closed_because: str | None
    closed_text: str | None
    closed_text_en: str | None


class ClickView(Promoted):
    """A click: whether it counts for somebody."""

    is_counted: bool


class LinkView(Promoted):
    """A link of one's own. The same token works through every door: `page` in WeChat's browser, the
    code, the poster and the mini-program code; `more` are links that expire."""

    id: UUID
    token: str
    page: str
    code: str
    poster: str
    mini_program: str
    more: str
    commission_bp: int
    cap_fen: int
    window_days: int
    created_at: Moment


class Sums(View):
    """What came of links: clicks, purchases, commission by where it stands (fen). `earned_fen` is
    what was promised, less what went back; `frozen_fen` and `freed_fen` are parts of it."""

    clicks: int = 0
    sales: int = 0
    earned_fen: int = 0
    expected_fen: int = 0
    waiting_fen: int = 0
    frozen_fen: int = 0
    freed_fen: int = 0
    taken_back_fen: int = 0
    unpaid_fen: int = 0


class LinkFigures(LinkView, Sums):
    """A link and what came of it."""


class LinkPage(View):
    """One's links, the newest first."""

    links: list[LinkFigures]
    next: UUID | None


class StaffLink(Sums):
    """A link as its merchant sees it: pseudonymous. `title`: what is promoted is called; null where
    it is gone."""

    id: UUID
    promoter_id: UUID
    subject: Subject
    target: str
    title: str | None
    created_at: Moment


class StaffLinkPage(View):
    """Links of a campaign, the newest first."""

    links: list[StaffLink]
    next: UUID | None


class PageQuery(Body):
    """The newest first, before an id."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class DayQuery(Body):
    """Which business days (Asia/Shanghai), both included; 31 at most."""

    from_day: date
    to_day: date

    @model_validator(mode="after")
    def _short(self) -> DayQuery:
        if not 0 <= (self.to_day - self.from_day).days <= 30:
            raise ValueError("a report is of 1 to 31 days")
        return self


class Day(Sums):
    """A business day: clicks and purchases of that day."""

    day: date


class DayReport(View):
    """Day by day, and together."""

    days: list[Day]
    total: Sums


class SaleView(View):
    """A purchase that a link brought, without who bought (fen). `reason` says why nothing is
    paid."""

    sale_id: UUID
    link_id: UUID
    campaign_id: UUID
    status: Status
    reason: str | None
    reason_text: str | None
    reason_text_en: str | None
    amount_fen: int
    lost_fen: int
    purchased_at: Moment
    changed_at: Moment
    release_at: Moment | None
    released_at: Moment | None


class SalePage(View):
    """Purchases, the newest first."""

    sales: list[SaleView]
    next: UUID | None


Fields = dict[str, Any]
