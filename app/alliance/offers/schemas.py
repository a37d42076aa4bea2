"""Shapes of requests and answers about offers. Prices in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.alliance.offers.rules import price_fault
from app.core.schemas import Body, Fen, Moment, ShortText, View

PictureName = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]
Delivery = Literal["pickup", "shipment"]
Stock = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Number = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Reason = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
OfferStatus = Literal["draft", "displayed", "paused", "taken_down"]
VersionStatus = Literal["draft", "in_review", "approved", "rejected", "withdrawn"]
PageSize = Annotated[int, Field(ge=1, le=50)]


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("each once")
    return values


PictureNames = Annotated[list[PictureName], AfterValidator(_each_once)]


class WordingRequest(Body):
    """What an offer says. `link`: a page about it (https). A member price is for who pays with
    prepaid money alone. `deliveries`: how buyers come to it; a service is always `pickup`."""

    title: Annotated[str, Field(strict=True, min_length=1, max_length=60)]
    text: Annotated[str, Field(strict=True, max_length=5_000)] = ""
    pictures: Annotated[PictureNames, Field(max_length=9)] = []
    category: ShortText
    link: Annotated[str, Field(max_length=500, pattern=r"^https://[^\s\"'<>\\]+$")] | None = None
    price_fen: Fen
    member_price_fen: Fen | None = None
    deliveries: Annotated[
        list[Delivery], Field(min_length=1, max_length=2), AfterValidator(_each_once)
    ] = ["pickup"]

    @model_validator(mode="after")
    def _sound(self) -> WordingRequest:
        fault = price_fault(self.price_fen, self.member_price_fen)
        if fault is not None:
            raise ValueError(fault)
        return self


class OfferRequest(WordingRequest):
    """A new offer of a store. `stock` null: without end."""

    store_id: UUID
    kind: Literal["goods", "service"] = "goods"
    stock: Stock | None = None

    @model_validator(mode="after")
    def _deliverable(self) -> OfferRequest:
        if self.kind == "service" and self.deliveries != ["pickup"]:
            raise ValueError("a service is not shipped")
        return self


class VersionRequest(Body):
    """Which version is meant."""

    version: Number


class ReviewRequest(Body):
    """What the operator decided of the version they looked at; a rejection says why."""

    version: Number
    decision: Literal["approve", "reject"]
    reason: Reason | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> ReviewRequest:
        if self.decision == "reject" and self.reason is None:
            raise ValueError("a rejection has a reason")
        return self


class ReasonRequest(Body):
    """Why."""

    reason: Reason


class StockRequest(Body):
    """How much there is, and how much the caller saw there was. Null: without end."""

    stock: Stock | None
    expected: Stock | None


class SearchQuery(Body):
    """Which offers. `before` is the last id of the page before; the newest come first."""

    words: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    category: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    store_id: UUID | None = None
    merchant_id: UUID | None = None
    before: UUID | None = None
    limit: PageSize = 20


class ManagedQuery(Body):
    """Which of the offers that the caller looks after; `in_review`: whose latest version waits."""

    status: OfferStatus | None = None
    in_review: bool = False
    before: UUID | None = None
    limit: PageSize = 20


class PictureView(View):
    """A picture as it is kept; shown at `/api/v1/offer-pictures/{merchant_id}/{name}.jpg`."""

    merchant_id: UUID
    name: str
    width: int
    height: int


class OfferView(View):
    """An offer as members see it. `left` is null where there is no end of it."""

    id: UUID
    merchant_id: UUID
    store_id: UUID
    store_name: str
    kind: str
    version: int
    title: str
    text: str
    pictures: list[str]
    category: str
    link: str | None
    price_fen: int
    member_price_fen: int | None
    deliveries: list[str]
    left: int | None


class OffersView(View):
    """A page of offers, the newest first."""

    offers: list[OfferView]


class VersionView(View):
    """One version of an offer."""

    version: int
    status: VersionStatus
    title: str
    text: str
    pictures: list[str]
    category: str
    link: str | None
    price_fen: int
    member_price_fen: int | None
    deliveries: list[str]
    created_by: UUID
    created_at: Moment
    decided_at: Moment | None
    reason: str | None


class StepView(View):
    """One step of an offer."""

    step: str
    version: int
    principal_id: UUID
    note: str | None
    at: Moment


class ManagedOffer(View):
    """An offer as staff see it, with its latest version."""

    id: UUID
    merchant_id: UUID
    store_id: UUID
    kind: str
    status: OfferStatus
    shown_version: int | None
    stock: int | None
    sold: int
    created_at: Moment
    latest: VersionView
    request_id: str | None = None


class ManagedOffers(View):
    """A page of offers, the newest first."""

    offers: list[ManagedOffer]


class OfferHistory(View):
    """All that became of an offer."""

    offer: ManagedOffer
    versions: list[VersionView]
    steps: list[StepView]
