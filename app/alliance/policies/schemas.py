"""Shapes of split policies. Rates in basis points of a concession, amounts in fen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, field_validator

from app.alliance.rules import Party
from app.core.schemas import BasisPoints, Body, Fen, Moment, ShortText, View
from app.core.world import BEIJING

Reason = Annotated[str, Field(strict=True, min_length=1, max_length=300)]
Revision = Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]


class PolicyRequest(Body):
    """A split policy: basis points (sum 10,000) and fallbacks by party."""

    name: ShortText
    shares_bp: dict[Party, BasisPoints]
    fallbacks: dict[Party, Party] = {}
    one_person_one_share: bool = True


class PolicyDraftRequest(PolicyRequest):
    """A draft, which may have faults yet."""

    note: Annotated[str, Field(strict=True, max_length=1_000)] = ""


class PolicyDraftChange(PolicyDraftRequest):
    """A draft written anew, over the `revision` that was read."""

    revision: Revision


class DraftRevisionRequest(Body):
    """Which revision of a draft was read."""

    revision: Revision


class PolicyPublishRequest(DraftRevisionRequest):
    """From when the version counts for its family: without a zone in Beijing, without a moment at
    once."""

    takes_effect_at: datetime | None = None

    @field_validator("takes_effect_at")
    @classmethod
    def _in_beijing(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if not 2000 <= value.year <= 2200:
            raise ValueError("a year within 2000 and 2200")
        return value if value.tzinfo else value.replace(tzinfo=BEIJING)


class PolicyWithdrawRequest(Body):
    """Why a version is taken back before it takes effect."""

    reason: Reason


class PolicyExampleRequest(PolicyRequest):
    """A policy and a sale to try it on: what is paid, and the rate of the contract."""

    name: ShortText = "example"
    amount_fen: Fen = 10_000
    concession_bp: BasisPoints = 1_000


class PolicyFamilyQuery(Body):
    """Which page, and of which family (`name`) only."""

    after: UUID | None = None
    name: ShortText | None = None


class PolicyFaultView(View):
    """What is wrong with a policy; docs/policies.md lists the codes."""

    code: str
    party: str | None
    found_bp: int | None
    allowed_bp: int | None
    text: str
    text_en: str


class PolicyTotalView(View):
    """What of each 100 yuan of concession is a party's, to whom it falls where there is none, and
    the most that party may get where others do not exist."""

    party: str
    title: str
    title_en: str
    share_bp: int
    amount_fen: int
    falls_to: list[str]
    most_bp: int


class PolicyView(View):
    """An immutable version of a split policy, and where it stands: `written` counts only for
    contracts that name it."""

    id: UUID
    name: str
    version: int
    shares_bp: dict[str, int]
    fallbacks: dict[str, str]
    one_person_one_share: bool
    created_at: Moment
    status: str
    takes_effect_at: Moment | None
    takes_effect_in_beijing: str | None


class WholePolicyView(PolicyView):
    """A version with its totals and who made it count."""

    totals: list[PolicyTotalView]
    created_by: UUID
    published_by: UUID | None
    withdrawn_at: Moment | None
    withdrawal_reason: str | None


class PolicyPage(View):
    """A page of versions."""

    policies: list[PolicyView]


class PolicyDraftView(View):
    """A draft with its faults, its totals where it has no faults, and who wrote in it."""

    id: UUID
    name: str
    shares_bp: dict[str, int]
    fallbacks: dict[str, str]
    one_person_one_share: bool
    note: str
    revision: int
    status: str
    editors: list[UUID]
    policy_id: UUID | None
    created_at: Moment
    changed_at: Moment
    faults: list[PolicyFaultView]
    totals: list[PolicyTotalView]


class PolicyDraftPage(View):
    """A page of drafts."""

    drafts: list[PolicyDraftView]


class ExampleShare(View):
    """What a party is given, and the receiver and account that really get it."""

    party: str
    receiver: str
    reason: str
    account: str
    amount_fen: int


class ExampleCase(View):
    """Who exists in a case, and what each then gets."""

    case: str
    shares: list[ExampleShare]


class PolicyExampleView(View):
    """A concession divided by the allocator of real sales; no cases while there are faults."""

    concession_fen: int
    faults: list[PolicyFaultView]
    totals: list[PolicyTotalView]
    cases: list[ExampleCase]


class PartyModel(View):
    """A party of the editor: `always_exists` needs no fallback; `cap_bp` is a limit."""

    party: str
    title: str
    title_en: str
    is_fund: bool
    always_exists: bool
    default_fallback: str | None
    may_fall_to: list[str]
    cap_bp: int | None


class PolicyLimitView(View):
    """A limit that is enforced, with its legal note."""

    code: str
    value_bp: int | None
    note: str
    note_en: str


class PolicyEditorModel(View):
    """What an editor of policies needs to know: parties, limits, faults, the form of a request."""

    whole_bp: int
    parties: list[PartyModel]
    limits: list[PolicyLimitView]
    faults: dict[str, str]
    request: dict[str, Any]
