"""What the routes of this room answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schemas import Body, Moment, ShortText, View


class MemberView(View):
    """The member who asks. `state`: not_following, following or unfollowed (official account)."""

    member_id: UUID
    state: str
    joined_at: Moment
    recommended_count: int


class BindingView(View):
    """Who brought the member and which store is home; all null while nobody has."""

    member_id: UUID
    recommender_kind: str | None = None
    recommender_id: UUID | None = None
    home_store_id: UUID | None = None
    channel: str | None = None
    bound_at: Moment | None = None


class ReviewView(View):
    """A member who is the same person as an earlier one, and what staff made of it.

    `state`: waiting, proposed, merged, kept_apart. `proposal`: merge or keep_apart.
    """

    member_id: UUID
    same_person_as: UUID
    state: str
    why: str
    noticed_at: Moment
    proposal: str | None
    proposal_reason: str | None
    proposed_by: UUID | None
    proposed_at: Moment | None
    decided_by: UUID | None
    decided_at: Moment | None
    merge_id: UUID | None


class ReviewList(View):
    """Pairs that wait for staff, newest first; at most 100."""

    members: list[ReviewView]


class PartView(View):
    """One of the two, as the decision needs to see them."""

    member_id: UUID
    state: str
    joined_at: Moment
    has_past: bool
    recommended_count: int
    binding: BindingView | None


class MergeView(View):
    """Evidence of a merge: by what proof, and what was moved, room by room."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    had_past: bool
    proof: dict[str, Any]
    moved: dict[str, Any]
    merged_at: Moment
    undone_at: Moment | None
    undone_by: UUID | None
    undo_reason: str | None


class MergeRow(View):
    """A merge in the list; `decided_by` of the staff confirmed it, null where it came by itself."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    had_past: bool
    decided_by: UUID | None
    merged_at: Moment
    undone_at: Moment | None
    undone_by: UUID | None
    undo_reason: str | None


class MergeList(View):
    """A page of merges, the newest first; `next_before` is null on the last one."""

    merges: list[MergeRow]
    next_before: UUID | None


class MergesQuery(Body):
    """Which merges: only those a member took part in; before which one."""

    member_id: UUID | None = None
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class EvidenceView(View):
    """A pair with everything that speaks for or against bringing it together."""

    review: ReviewView
    proof: dict[str, Any]
    members: list[PartView]
    merges: list[MergeView]


class ProposalRequest(Body):
    """What should become of a pair, and why."""

    proposal: Literal["merge", "keep_apart"]
    reason: ShortText


class DecisionRequest(Body):
    """A second person's answer to a proposal."""

    decision: Literal["confirm", "decline"]


class UndoRequest(Body):
    """Why a merge is undone."""

    reason: ShortText


def _given(consent: bool) -> bool:
    if not consent:
        raise ValueError("nothing is kept without consent")
    return consent


class PhoneRequest(Body):
    """The code of the phone button, and the member's consent to keep the number."""

    code: Annotated[str, Field(strict=True, min_length=1, max_length=128)]
    consent: Annotated[bool, Field(strict=True), AfterValidator(_given)]


class PhoneView(View):
    """A number with its middle hidden, when WeChat verified it and when it was consented to.

    `invitations_waiting`: so many members have invited it, see `/me/invitations/received`."""

    masked: str
    country_code: str
    verified_at: Moment
    consented_at: Moment
    invitations_waiting: int
