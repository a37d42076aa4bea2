"""What the routes of this room answer."""

from __future__ import annotations

from uuid import UUID

from app.core.schemas import Moment, View


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


class SamePersonView(View):
    """A member who is the same person as an earlier one, and has a past of their own."""

    member_id: UUID
    same_person_as: UUID
    joined_at: Moment


class SamePersonList(View):
    """Members who wait for staff, newest first; at most 100."""

    members: list[SamePersonView]
