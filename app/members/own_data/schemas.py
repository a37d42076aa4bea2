"""What the routes of members' own data read and answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View


class ExportQuery(Body):
    """Nothing for the first page of every part; a part and its cursor for what follows."""

    part: Annotated[str, Field(strict=True, min_length=1, max_length=60)] | None = None
    cursor: Annotated[str, Field(strict=True, min_length=1, max_length=400)] | None = None


class PartView(View):
    """Some rows of one part; `next_cursor` is null where it ends."""

    name: str
    title: str
    rows: list[dict[str, Any]]
    next_cursor: str | None


class ExportView(View):
    """Everything the product holds of the member, in clear."""

    member_id: UUID
    made_at: Moment
    parts: list[PartView]


class DeletionRequest(Body):
    """The word that confirms it, so that it is never done by mistake."""

    confirmation: Literal["注销"]


class RemainingView(View):
    """Something that has to end first: what it is, and how much or which."""

    what: str
    amount_fen: int | None = None
    id: UUID | None = None


class DeletionView(View):
    """A wish to be erased: signing in before `due_at` undoes it."""

    state: str
    asked_at: Moment
    due_at: Moment


class GivenUpView(View):
    """Something that is lost with the member: what it is, and how much or which."""

    what: str
    amount_fen: int | None = None
    id: UUID | None = None


class DeletionOutlook(View):
    """What has to end before the member can be erased, what is lost then (`given_up`), and how
    many days they may come back."""

    remaining: list[RemainingView]
    given_up: list[GivenUpView]
    days: int
