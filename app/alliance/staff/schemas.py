"""Shapes of staff accounts as those who manage them see them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.accounts.schemas import AccountView
from app.core.schemas import Body, Moment, View

Reason = Annotated[str, Field(strict=True, min_length=4, max_length=500)]


class AccountsQuery(Body):
    """Which accounts: of one merchant, or all; with `username` those whose user names hold it; in
    the order of their ids, paged."""

    merchant_id: UUID | None = None
    username: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AccountPage(View):
    """A page of accounts; `next_after` is null at the end."""

    accounts: list[AccountView]
    next_after: UUID | None


class RolesRequest(Body):
    """What an account may do from now on, and why. A cashier needs stores."""

    roles: Annotated[list[str], Field(min_length=1, max_length=8)]
    store_ids: Annotated[list[UUID], Field(max_length=100)] = []
    reason: Reason


class ReasonRequest(Body):
    """Why."""

    reason: Reason


class ResetRequest(Body):
    """What was lost, and how it is known that it is really its holder who asks."""

    kind: Literal["password", "second_factor"]
    reason: Reason


class ResetDecision(Body):
    """Whether a reset that somebody else asked for is carried out."""

    is_approved: bool
    note: Annotated[str, Field(strict=True, min_length=1, max_length=500)] | None = None


class ResetView(View):
    """A reset of a password or second factor."""

    id: UUID
    staff_id: UUID
    kind: str
    state: Literal["open", "done", "declined"]
    reason: str
    asked_by: UUID
    asked_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    note: str | None


class CarriedOutView(ResetView):
    """A reset with the new secret where it was carried out just now; shown this once."""

    password: str | None = None
    totp_secret: str | None = None
    totp_uri: str | None = None


class ResetsQuery(Body):
    """Which resets, the newest first, paged."""

    state: Literal["open", "done", "declined"] | None = None
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ResetPage(View):
    """A page of resets; `next_before` is null at the end."""

    resets: list[ResetView]
    next_before: UUID | None
