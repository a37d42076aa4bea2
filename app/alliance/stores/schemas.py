"""Shapes of stores: what people are told of them, how they are looked for, how that changes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from app.alliance.offers.schemas import PictureNames
from app.alliance.schemas import LongText
from app.alliance.stores.hours import period_of
from app.alliance.stores.rules import overlapping
from app.alliance.stores.search import PAGE, RADIUS_METRES
from app.core.schemas import Body, Moment, ShortText, View

ALWAYS = {"name", "address", "category", "pictures"}
MOST_PICTURES = 6
MOST_PERIODS, MOST_SPECIAL_DAYS, MOST_STORES = 4, 100, 50
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2199, 12, 31)
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Opens = Annotated[str, Field(strict=True, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Closes = Annotated[str, Field(strict=True, pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Telephone = Annotated[str, Field(strict=True, pattern=r"^\+?[0-9][0-9 ()-]{4,29}$")]
CategoryGiven = Annotated[ShortText, Field(description="Code or Chinese name of a category")]


class PeriodBody(Body):
    """From when to when (Asia/Shanghai); what closes no later than it opens closes the next day."""

    opens: Opens
    closes: Closes


def _apart(periods: list[PeriodBody]) -> list[PeriodBody]:
    if overlapping([period_of(each.opens, each.closes) for each in periods]):
        raise ValueError("periods of a day have a moment in common")
    return periods


def _whole_place(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise ValueError("a place has latitude and longitude")


Periods = Annotated[list[PeriodBody], Field(max_length=MOST_PERIODS)]


class WeeklyHours(Body):
    """When a store is open on the days of a week; a day without periods is a day off."""

    monday: Periods = []
    tuesday: Periods = []
    wednesday: Periods = []
    thursday: Periods = []
    friday: Periods = []
    saturday: Periods = []
    sunday: Periods = []

    _check = field_validator("*")(_apart)


class SpecialDay(Body):
    """A day with other hours, or none."""

    day: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    periods: Periods = []
    note: ShortText | None = None

    _check = field_validator("periods")(_apart)


class StoreRequest(Body):
    """A new store of a merchant."""

    merchant_id: UUID
    name: ShortText
    address: LongText
    category: CategoryGiven


class StorePlaceRequest(Body):
    """Where a store is, in degrees as WeChat's maps count them (GCJ-02)."""

    latitude: Latitude
    longitude: Longitude


class StorePlaceView(View):
    """A store and where it is."""

    id: UUID
    latitude: float
    longitude: float


class StoreView(View):
    """A store as everybody sees it. `is_open` now; null where the hours are not known. Its
    `pictures` are shown at `/api/v1/offer-pictures/{merchant_id}/{name}.jpg`."""

    id: UUID
    merchant_id: UUID
    name: str
    address: str
    category: str
    category_code: str
    telephone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_open: bool | None = None
    pictures: list[str]


class FoundStoreView(StoreView):
    """A store, and how far it is from the place named (metres)."""

    metres: int | None


class StoreDetail(StoreView):
    """A store with its hours."""

    weekly_hours: WeeklyHours | None
    special_days: list[SpecialDay] | None


class CreatedStore(StoreView):
    """A new store and the scene token of its code."""

    scene: str


class StoreQuery(Body):
    """What is looked for. With a place: the nearest first, within `within_metres`. `words` are
    parts of name, address or category, all to be found; with `merchant_id` only theirs. `after` is
    `next` of the page before."""

    words: Annotated[str, Field(max_length=60)] = ""
    category: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    merchant_id: UUID | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    within_metres: Annotated[int, Field(ge=1, le=RADIUS_METRES)] = RADIUS_METRES
    is_open: bool = False
    after: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_STORES)] = PAGE

    @model_validator(mode="after")
    def _sound(self) -> StoreQuery:
        _whole_place(self.latitude, self.longitude)
        return self


class StorePage(View):
    """A page of stores; `next` asks for the one after it."""

    stores: list[FoundStoreView]
    next: str | None


class StoreFields(Body):
    """New values; what is not named stays. Null takes telephone, hours, days or place away, no
    pictures at all those that there were. Pictures are uploaded before (`/offers/pictures`)."""

    name: ShortText | None = None
    address: LongText | None = None
    category: CategoryGiven | None = None
    telephone: Telephone | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    weekly_hours: WeeklyHours | None = None
    special_days: Annotated[list[SpecialDay], Field(max_length=MOST_SPECIAL_DAYS)] | None = None
    pictures: Annotated[PictureNames, Field(max_length=MOST_PICTURES)] | None = None

    @model_validator(mode="after")
    def _sound(self) -> StoreFields:
        if not self.model_fields_set:
            raise ValueError("names nothing that changes")
        if any(getattr(self, name) is None for name in ALWAYS & self.model_fields_set):
            raise ValueError("a store has a name, an address, a category and a list of pictures")
        if ("latitude" in self.model_fields_set) != ("longitude" in self.model_fields_set):
            raise ValueError("a place is taken away as a whole")
        days = [each.day for each in self.special_days or ()]
        if len(days) != len(set(days)):
            raise ValueError("a day is special once")
        _whole_place(self.latitude, self.longitude)
        return self


class StoreChangeRequest(Body):
    """A change of what people are told of a store, and why."""

    wanted: StoreFields
    note: ShortText


class StoreChangeView(View):
    """A change; `before` are the values that it replaced: to want them again undoes it."""

    id: UUID
    store_id: UUID
    merchant_id: UUID
    status: Literal["proposed", "applied", "rejected"]
    wanted: dict[str, object]
    before: dict[str, object] | None
    note: str
    proposed_by: UUID
    decided_by: UUID | None
    decided_at: Moment | None
    created_at: Moment


class StoreChangeQuery(Body):
    """Which changes: the newest first, before an id; merchant staff see their own."""

    status: Literal["proposed", "applied", "rejected"] | None = None
    after: UUID | None = None


class NamedStoreChange(StoreChangeView):
    """A change with what its store and merchant are called now."""

    store_name: str
    merchant_name: str


class StoreChangePage(View):
    """A page of changes."""

    changes: list[NamedStoreChange]


class StoreChangeDecision(Body):
    """Whether a proposed change is applied, and what is said about it."""

    is_applied: bool
    note: Annotated[str, Field(strict=True, max_length=100)] = ""
