"""What an errand programme says, and shapes of requests and answers. Fen, minutes, UTC."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.benefits.errands.rules import Status, fee_fen
from app.core.schemas import BasisPoints, Body, Fen, FenOrZero, Moment, ShortText, View

Minutes = Annotated[int, Field(strict=True, ge=5, le=14 * 24 * 60)]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,29}$")]
Latitude = Annotated[float, Field(ge=-85, le=85)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Digits = Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]
PageSize = Annotated[int, Field(ge=1, le=50)]


class CategorySettings(Body):
    """What may be asked for, and how it is called."""

    code: Category
    title: ShortText
    title_en: ShortText


class ErrandSettings(Body):
    """An errand programme (跑腿). The fee is part of the reward: `fee_bp` of it, at least
    `fee_minimum_fen`, at most `fee_maximum_fen`. `cancel_compensation_bp` of the reward is the
    runner's where the poster cancels after it was taken. `radius_metres` is the farthest from
    pick-up to delivery. `is_prepaid_taken`: whether prepaid principal pays for errands too."""

    fee_bp: BasisPoints = 1_000
    fee_minimum_fen: FenOrZero = 50
    fee_maximum_fen: FenOrZero = 5_000
    reward_minimum_fen: Fen = 300
    reward_maximum_fen: Fen = 50_000
    cancel_compensation_bp: BasisPoints = 3_000
    open_minutes: Minutes = 24 * 60
    accept_minutes: Minutes = 30
    pick_up_minutes: Minutes = 60
    deliver_minutes: Minutes = 180
    confirm_minutes: Minutes = 24 * 60
    radius_metres: Annotated[int, Field(strict=True, ge=100, le=50_000)] = 10_000
    most_open: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 10
    most_taken: Annotated[int, Field(strict=True, ge=1, le=20)] = 3
    is_prepaid_taken: bool = True
    categories: Annotated[list[CategorySettings], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _sound(self) -> ErrandSettings:
        if self.reward_minimum_fen > self.reward_maximum_fen:
            raise ValueError("the smallest reward is above the largest")
        if self.fee_minimum_fen > self.fee_maximum_fen:
            raise ValueError("the smallest fee is above the largest")
        if self.fee_minimum_fen >= self.reward_minimum_fen or self.fee_bp >= 10_000:
            raise ValueError("of each reward something must be left for the runner")
        if len({each.code for each in self.categories}) != len(self.categories):
            raise ValueError("each category once")
        return self

    def fee_of(self, reward_fen: int) -> int:
        """What the platform keeps of a reward (fen)."""
        return fee_fen(reward_fen, self.fee_bp, self.fee_minimum_fen, self.fee_maximum_fen)


EXAMPLE: dict[str, Any] = {
    "fee_bp": 1_000,
    "fee_minimum_fen": 50,
    "fee_maximum_fen": 5_000,
    "reward_minimum_fen": 300,
    "reward_maximum_fen": 50_000,
    "categories": [
        {"code": "parcel", "title": "取送件", "title_en": "Parcel"},
        {"code": "shopping", "title": "代买", "title_en": "Shopping"},
        {"code": "queueing", "title": "代排队", "title_en": "Queueing"},
    ],
}


class PlaceRequest(Body):
    """Where to go and whom to ask for; coordinates as WeChat tells them (GCJ-02)."""

    address: Annotated[str, Field(strict=True, min_length=2, max_length=200)]
    latitude: Latitude
    longitude: Longitude
    contact_name: Annotated[str, Field(strict=True, min_length=1, max_length=30)]
    contact_phone: Annotated[str, Field(strict=True, pattern=r"^1[3-9][0-9]{9}$")]


def _each_once(ids: list[Any]) -> list[Any]:
    if len(set(ids)) != len(ids):
        raise ValueError("each once")
    return ids


Pictures = Annotated[list[UUID], Field(max_length=6), AfterValidator(_each_once)]
Purses = Annotated[
    list[Literal["prepaid", "rebate"]],
    Field(min_length=1, max_length=2),
    AfterValidator(_each_once),
]


class ErrandRequest(Body):
    """What is to be done, and for how much. `purses`: of a member, in this order; a merchant pays
    from settled money."""

    campaign_id: UUID
    category: Category
    title: ShortText
    description: Annotated[str, Field(strict=True, min_length=1, max_length=500)]
    pictures: Pictures = []
    pick_up: PlaceRequest
    delivery: PlaceRequest
    reward_fen: Fen
    purses: Purses = ["rebate", "prepaid"]


class ErrandQuery(Body):
    """One's own errands: posted, or run; the newest first, before an id."""

    role: Literal["posted", "run"] = "posted"
    status: Status | None = None
    before: UUID | None = None
    limit: PageSize = 20


class ManagedErrandQuery(Body):
    """Errands of a merchant, or all for the platform."""

    status: Status | None = None
    before: UUID | None = None
    limit: PageSize = 20


class NearbyQuery(Body):
    """Open errands around a place; `after` is what the page before called `next`."""

    latitude: Latitude
    longitude: Longitude
    within_metres: Annotated[int, Field(ge=100, le=50_000)] = 5_000
    category: Category | None = None
    after: Annotated[str, Field(max_length=120)] | None = None
    limit: PageSize = 20


class AssignRequest(Body):
    """Whom the poster wants."""

    runner_id: UUID


class ReasonRequest(Body):
    """Why."""

    reason: ShortText


class ProofRequest(Body):
    """What shows it: pictures, or the code that the person there has shown; or both."""

    pictures: Pictures = []
    code: Digits | None = None

    @model_validator(mode="after")
    def _something(self) -> ProofRequest:
        if not self.pictures and self.code is None:
            raise ValueError("send pictures or the code")
        return self


class DecisionRequest(Body):
    """How a dispute ends: `amount_fen` of the reward is for the runner (less the fee on it), the
    rest goes back to the poster."""

    amount_fen: FenOrZero
    reason: ShortText


class ConfirmationRequest(Body):
    """Just the amount that was proposed for the runner."""

    amount_fen: FenOrZero


class RatingRequest(Body):
    """One to five stars for the other side."""

    stars: Annotated[int, Field(strict=True, ge=1, le=5)]


class RunnerReviewRequest(Body):
    """Whether somebody may run errands, and why."""

    is_approved: bool
    reason: ShortText


class RunnerQuery(Body):
    """Runners, the newest first, before an id."""

    status: Literal["applied", "approved", "rejected", "suspended"] | None = None
    before: UUID | None = None
    limit: PageSize = 20


class RatingView(View):
    """Stars on average in hundredths (450 = 4.5), None without any, and how many there are."""

    average_hundredths: int | None
    count: int


class RunnerView(View):
    """Somebody who runs errands. `let_down` counts errands given up, or left lying."""

    id: UUID
    status: str
    applied_at: Moment
    decided_at: Moment | None
    reason: str | None
    completed: int
    let_down: int
    rating: RatingView
    request_id: str | None = None


class RunnerPage(View):
    """A page of runners; `next` is the id to go on before."""

    runners: list[RunnerView]
    next: UUID | None


class ErrandPicture(View):
    """A picture, shown at `/api/v1/errands/pictures/{id}.jpg` to whom it concerns."""

    id: UUID
    width: int
    height: int


class PlaceView(View):
    """A place in full."""

    address: str
    latitude: float
    longitude: float
    contact_name: str
    contact_phone: str


class StepView(View):
    """What happened, and where it led. `note`: what staff wrote, or `code` where one proved it."""

    step: str
    status: Status
    at: Moment
    note: str | None


class OpenErrand(View):
    """An errand as runners see it before they take it: no address, no contact; the place to about
    500 metres. `metres` is how far it is from the asker, `distance_metres` from pick-up to
    delivery, to 100 metres."""

    id: UUID
    campaign_id: UUID
    category: str
    title: str
    description: str
    pictures: list[UUID]
    reward_fen: int
    fee_fen: int
    latitude: float
    longitude: float
    distance_metres: int
    metres: int | None
    created_at: Moment
    next_at: Moment | None
    poster_rating: RatingView


class NearbyErrands(View):
    """A page of open errands, the nearest first."""

    errands: list[OpenErrand]
    next: str | None


class ErrandHead(View):
    """An errand in a list of those whom it concerns. Of `reward_fen`, `runner_fen` went to the
    runner, `charged_fen` to the platform and `returned_fen` back, once it has ended."""

    id: UUID
    campaign_id: UUID
    status: Status
    category: str
    title: str
    reward_fen: int
    fee_fen: int
    runner_fen: int
    charged_fen: int
    returned_fen: int
    runner_id: UUID | None
    created_at: Moment
    next_at: Moment | None
    ended_at: Moment | None


class ErrandView(ErrandHead):
    """An errand in full. Places are the poster's, and the runner's who has it, until it ends;
    codes are the poster's, to be told to whoever is there. `journal_id`: what moved the reward
    last. `proposed_fen`: what one of the staff
    proposes for the runner."""

    description: str
    pictures: list[UUID]
    latitude: float
    longitude: float
    distance_metres: int
    pick_up: PlaceView | None
    delivery: PlaceView | None
    pick_up_code: str | None
    delivery_code: str | None
    pick_up_proof: list[UUID]
    delivery_proof: list[UUID]
    dispute: str | None
    proposed_fen: int | None
    proposed_reason: str | None
    decision_reason: str | None
    journal_id: UUID
    my_stars: int | None
    poster_rating: RatingView
    runner_rating: RatingView | None
    steps: list[StepView]
    request_id: str | None = None


class ErrandPage(View):
    """A page of errands; `next` is the id to go on before."""

    errands: list[ErrandHead]
    next: UUID | None
