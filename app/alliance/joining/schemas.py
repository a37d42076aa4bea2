"""Shapes of applications, reviews, the blacklist and proposed accounts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.alliance.joining import rules
from app.alliance.joining.shapes import FindingView, Licence, Number, normal
from app.alliance.schemas import ContractTermsRequest, LongText, PageQuery, RecommenderBody
from app.core.schemas import Body, Moment, ShortText, View
from app.members import service as members

Status = Literal["submitted", "proposed", "more_asked", "rejected", "withdrawn", "approved"]
SHORTEST_REASON = 8
MOST_PICTURES = 9
PictureKind = Literal["licence", "front", "permit", "other"]
PictureIds = Annotated[list[UUID], Field(max_length=MOST_PICTURES)]


class WantedStore(Body):
    """A store to be opened; on the map in degrees (GCJ-02), where they are known."""

    name: ShortText
    address: LongText
    category: ShortText | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        return self


class ApplicationRequest(Body):
    """A merchant who wants to join.

    `account_kind`: `card` (its check digit is tested) or `company` (对公账户: there is none to
    test). `salesperson_scene`: the scene token of the salesperson's code. `pictures`: those sent
    before that go with it; null leaves an application that is corrected those it has.
    """

    company_name: Annotated[str, Field(strict=True, min_length=2, max_length=100)]
    licence_number: Licence
    category: ShortText
    stores: Annotated[list[WantedStore], Field(min_length=1, max_length=20)]
    account_kind: Literal["card", "company"]
    account_holder: ShortText
    account_number: Annotated[str, Number]
    bank: ShortText
    contact_name: ShortText
    contact_phone: Annotated[str, Number, normal(members.normal_mobile)]
    salesperson_scene: Annotated[str, Field(strict=True, max_length=64)] | None = None
    pictures: PictureIds | None = None

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if not rules.normal_name(self.company_name):
            raise ValueError("a company's name has letters")
        rule = members.normal_card if self.account_kind == "card" else rules.normal_account
        try:
            self.account_number = rule(self.account_number)
        except ValueError as error:
            raise PydanticCustomError("joining", "{reason}", {"reason": str(error)}) from None
        return self


class ApplicationPictureQuery(Body):
    """What a picture shows: the business licence, the shop's front, a permit, or else."""

    kind: PictureKind


class ApplicationPicturesRequest(Body):
    """All pictures that an open application is to have."""

    pictures: PictureIds


class ApplicationPictureView(View):
    """A picture, shown to its applicant at `/api/v1/me/merchant-applications/pictures/{id}.jpg`
    and to staff at `/api/v1/merchant-applications/pictures/{id}.jpg`; in pixels."""

    id: UUID
    kind: PictureKind
    width: int
    height: int
    created_at: Moment


class ApplicationStepView(View):
    """What happened to an application, as its applicant sees it."""

    kind: str
    reason: str | None
    created_at: Moment


class ApplicationView(View):
    """An application as its applicant sees it. `account_check`: `luhn`, or `none` where the kind
    of account has no check digit."""

    id: UUID
    status: Status
    version: int
    company_name: str
    licence_number: str
    category: str
    stores: list[dict[str, Any]]
    account_kind: str
    account_check: Literal["luhn", "none"]
    account_masked: str
    bank: str
    contact_name_masked: str
    contact_phone_masked: str
    has_salesperson: bool
    merchant_id: UUID | None
    pictures: list[ApplicationPictureView]
    steps: list[ApplicationStepView]
    created_at: Moment
    changed_at: Moment


class ApplicationList(View):
    """A member's applications, newest first."""

    applications: list[ApplicationView]


class ReviewStepView(ApplicationStepView):
    """What happened to an application, as reviewers see it."""

    version: int
    actor_kind: str
    actor_id: UUID
    findings: list[FindingView] | None


class ApplicationReviewView(ApplicationView):
    """An application as reviewers see it, compared anew."""

    member_id: UUID
    salesperson_id: UUID | None
    findings: list[FindingView]
    proposed_by: UUID | None
    proposal: dict[str, Any] | None
    steps: list[ReviewStepView]  # type: ignore[assignment]


class ApplicationLine(View):
    """An application in the list of reviewers."""

    id: UUID
    member_id: UUID
    status: Status
    version: int
    merchant_id: UUID | None
    created_at: Moment
    changed_at: Moment


class ApplicationPage(View):
    """A page of applications."""

    applications: list[ApplicationLine]


class ApplicationQuery(Body):
    """Which page: the rows after an id; those of one status."""

    after: UUID | None = None
    status: Status | None = None


class ApplicationDecision(Body):
    """A reviewer's decision on the version they have seen. Approving needs the `terms` of the
    first contract, everything else a `reason`, which the applicant reads."""

    version: Annotated[int, Field(strict=True, ge=1)]
    decision: Literal["approve", "reject", "ask_for_more"]
    reason: LongText | None = None
    terms: ContractTermsRequest | None = None
    recommender: RecommenderBody | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.decision == "approve" and self.terms is None:
            raise ValueError("approving needs the terms of the first contract")
        if self.decision != "approve" and self.reason is None:
            raise ValueError("the applicant is told a reason")
        return self


class ApplicationConfirmation(Body):
    """The second reviewer's word on a proposed approval."""

    version: Annotated[int, Field(strict=True, ge=1)]
    is_confirmed: bool
    reason: LongText | None = None


class ApplicationRevealRequest(Body):
    """Which personal data to see in clear, and why."""

    fields: Annotated[
        list[Literal["account_holder", "account_number", "contact_name", "contact_phone"]],
        Field(min_length=1, max_length=4),
    ]
    reason: Annotated[str, Field(strict=True, min_length=SHORTEST_REASON, max_length=300)]


class RevealedApplicationView(View):
    """Personal data in clear; null was not asked for."""

    account_holder: str | None = None
    account_number: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None


class BlacklistRequest(Body):
    """What to put on the blacklist; the value itself is not kept."""

    kind: Literal["licence", "account", "phone"]
    value: Annotated[str, Number]
    reason: LongText

    @model_validator(mode="after")
    def _normal(self) -> Self:
        rule = {
            "licence": rules.normal_licence,
            "account": rules.normal_account,
            "phone": members.normal_mobile,
        }[self.kind]
        try:
            self.value = rule(self.value)
        except ValueError as error:
            raise PydanticCustomError("joining", "{reason}", {"reason": str(error)}) from None
        return self


class RemovalRequest(Body):
    """Why an entry is removed."""

    reason: LongText


class BlacklistView(View):
    """An entry of the blacklist; of its value the last four characters show."""

    id: UUID
    kind: str
    hint: str
    reason: str
    added_by: UUID
    created_at: Moment
    removal_reason: str | None
    removed_by: UUID | None
    removed_at: Moment | None


class BlacklistQuery(PageQuery):
    """Which entries; `is_removed` of the lifted ones or of those in force."""

    is_removed: bool | None = None


class BlacklistPage(View):
    """A page of the blacklist, removed entries too."""

    entries: list[BlacklistView]


class CurrentAccountView(View):
    """The bank account that a merchant is paid to now; `is_same` as the proposed one."""

    version: int
    number_masked: str
    bank: str
    is_same: bool


class ProposalQuery(PageQuery):
    """Which proposals."""

    status: Literal["proposed", "confirmed", "declined"] | None = None


class ProposalView(View):
    """A bank account that a new merchant applied with, or that finance proposed (then
    `application_id` and `account_kind` are null), beside the one in force. `pictures`: the papers
    (licence, permits) that went with the application, to compare the account with."""

    id: UUID
    merchant_id: UUID
    merchant_name: str
    application_id: UUID | None
    status: Literal["proposed", "confirmed", "declined"]
    account_kind: str | None
    number_masked: str
    bank: str
    current: CurrentAccountView | None
    pictures: list[ApplicationPictureView]
    proposed_by: UUID
    created_at: Moment
    decided_by: UUID | None
    reason: str | None
    decided_at: Moment | None


class ProposalPage(View):
    """A page of proposed bank accounts."""

    proposals: list[ProposalView]


class ProposalDecision(Body):
    """Whether the account is named as the merchant's."""

    is_confirmed: bool
    reason: LongText | None = None
