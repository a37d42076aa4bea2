"""What a queue's campaign says, and what the API shows. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.benefits.contract import Purse
from app.core.schemas import BasisPoints, Body, Fen, FenOrZero, Moment, View

Basis = Literal["paid", "concession"]
Opening = Literal["registration", "first_purchase"]
Way = Literal["full", "parts"]
Count = Annotated[int, Field(strict=True, ge=1, le=100)]


class QueueSettings(Body):
    """The rules of a queue (排队补贴规则)."""

    opens_with: Annotated[Opening, Field(description="开户方式 what opens a queue account")] = (
        "registration"
    )
    opening_fen: Annotated[
        FenOrZero,
        Field(description="首单开户最低实付 a first purchase of so much opens the account"),
    ] = 0
    minimum_fen: Annotated[Fen, Field(description="每单最低实付 really paid, at least")] = 100
    basis: Annotated[Basis, Field(description="计算基数 a rate of what was paid or conceded")] = (
        "concession"
    )
    rate_bp: Annotated[BasisPoints, Field(ge=1, description="比例 rate of the basis")] = 5_000
    concession_cap_bp: Annotated[
        BasisPoints,
        Field(
            ge=1, description="不超过本单让利的比例 at most this part of what the purchase conceded"
        ),
    ] = 10_000
    cap_fen: Annotated[Fen, Field(description="单笔上限 the largest target")] = 20_000
    pays: Annotated[
        Way, Field(description="发放方式 whole from the front, or the front in parts")
    ] = "full"
    front_places: Annotated[Count, Field(description="同时分发的名次数 how many share")] = 10
    smallest_part_fen: Annotated[Fen, Field(description="每次最少发放 the smallest part")] = 100
    purse: Annotated[
        Literal[Purse.REBATE, Purse.REBATE_PENDING], Field(description="到账钱包 where it goes")
    ] = Purse.REBATE_PENDING
    ripe_days: Annotated[
        int,
        Field(
            strict=True, ge=0, le=60, description="入池满几日后可发放 days before it is paid out"
        ),
    ] = 7
    near_places: Annotated[
        int,
        Field(strict=True, ge=0, le=100, description="进入前几名时通知一次 told once; 0: never"),
    ] = 10
    continues: Annotated[
        UUID | None, Field(description="接续哪个活动的队伍 the campaign whose queue goes on")
    ] = None
    starts_new: Annotated[
        bool, Field(description="前一队伍仍有人等待时，确认另开新队 leaves an earlier queue behind")
    ] = False


class OwnQueueQuery(Body):
    """Which of one's places: by their numbers, after one."""

    after: Annotated[int, Field(ge=0, le=10**15)] = 0
    is_waiting: bool | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class EstimateView(View):
    """Between so many days, if as much comes in as on the last days. No promise."""

    days_min: int
    days_max: int
    is_promise: Literal[False] = False


class PlaceView(View):
    """One purchase in the queue. `position` is 1 at the front, null once it has left; `ahead_fen`
    is what those in front still wait for."""

    id: UUID
    sale_id: UUID
    number: int
    state: Literal["waiting", "paid", "left"]
    position: int | None
    ahead_fen: int | None
    target_fen: int
    paid_fen: int
    left_fen: int
    joined_at: Moment
    finished_at: Moment | None
    estimate: EstimateView | None


class AccountView(View):
    """Whether the member's purchases take places, and since when."""

    is_open: bool
    opened_at: Moment | None
    opens_with: Opening
    opening_fen: int


class QueueCampaignView(View):
    """The campaign that pays the queue now, or did last."""

    id: UUID
    name: str
    name_en: str
    status: str
    starts_at: Moment
    ends_at: Moment
    is_running: bool


class OwnQueueView(View):
    """The member's places in the queue, page by page; `next` is the number to go on from."""

    campaign: QueueCampaignView | None
    account: AccountView | None
    waiting_places: int
    waiting_fen: int
    pot_fen: int
    places: list[PlaceView]
    next: int | None
    promise: str
    promise_en: str


class PoolQuery(Body):
    """Which days: before one, newest first."""

    before: date | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 31


class PoolDayView(View):
    """One Beijing day: what went into the queue's pot from concessions, less what went back to
    the pool at the end of a campaign, what was paid out of it, what refunds brought back, and what
    it held after the day's last movement; beside it the places taken that day and what they may
    get at most."""

    day: date
    in_fen: int
    out_fen: int
    back_fen: int
    balance_fen: int
    places: int
    targets_fen: int


class PoolView(View):
    """The queue in public. `pool_fen` is collected and not in the pot yet; `pot_fen` is what can
    be paid now."""

    campaign: QueueCampaignView | None
    pool_fen: int
    pot_fen: int
    waiting_places: int
    waiting_fen: int
    oldest_waiting_at: Moment | None
    days: list[PoolDayView]
    next: date | None
    promise: str
    promise_en: str
