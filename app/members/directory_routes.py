"""Where staff find members. Searching is a POST: what is searched for is personal data and stands
in no address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.schemas import Body, Moment, View
from app.members import directory
from app.members.real_name.schemas import Mobile

blueprint = api_blueprint("member directory", __name__)
Fields = dict[str, Any]
STAFF = ("operator", "support", "finance")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment with its offset from UTC")
    return moment


class MembersQuery(Body):
    """Members who joined before one: the moment and the id of the last one seen, both or none."""

    before: Annotated[datetime, AfterValidator(_aware)] | None = None
    before_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.before is None) != (self.before_id is None):
            raise ValueError("before and before_id go together")
        return self


class MemberSearch(Body):
    """A member's id, or a mobile number of the mainland; exactly one."""

    member_id: UUID | None = None
    phone: Mobile | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.member_id is None) == (self.phone is None):
            raise ValueError("either an id or a phone number")
        return self


class ListedMember(View):
    """A member's line. `state` is about the official account."""

    member_id: UUID
    state: str
    joined_at: Moment
    joined_by: str
    merged_into: UUID | None


class ListedMembers(View):
    """A page of members, newest first."""

    members: list[ListedMember]


class BroughtView(View):
    """Somebody whom the member brought."""

    member_id: UUID
    bound_at: Moment


class KnownMember(ListedMember):
    """A member with a number shown in part, and whom they brought: one level, the newest 100."""

    phone: str | None
    recommended_count: int
    brought: list[BroughtView]


@blueprint.get("/members")
@blueprint.input(MembersQuery, location="query", arg_name="query")
@blueprint.output(ListedMembers)
@auth.staff(*STAFF)
def list_members(query: MembersQuery) -> Fields:
    """Members, newest first."""
    last = (query.before, query.before_id) if query.before and query.before_id else None
    found = in_transaction(lambda: directory.newest(last, query.limit))
    return {"members": [directory.shown(row) for row in found]}


@blueprint.post("/members/search")
@blueprint.input(MemberSearch, arg_name="body")
@blueprint.output(ListedMembers)
@auth.staff(*STAFF)
def search_members(body: MemberSearch) -> Fields:
    """Find a member by id or verified number; each search is on record."""
    found = in_transaction(lambda: directory.found(body.member_id, body.phone))
    return {"members": [directory.shown(row) for row in found]}


@blueprint.get("/members/<uuid:member_id>")
@blueprint.output(KnownMember)
@auth.staff(*STAFF)
def show_member(member_id: UUID) -> Fields:
    """A member as staff see them."""
    return in_transaction(lambda: directory.known(member_id))
