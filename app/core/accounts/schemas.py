"""Shapes of staff accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View

Code = Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]
GivenPassword = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
NewPassword = Annotated[str, Field(strict=True, min_length=12, max_length=200)]


class AccountView(View):
    """A staff account; one that `is_waiting` is let in (`…/enable`) by somebody else than
    `opened_by`."""

    id: UUID
    username: str
    roles: list[str]
    merchant_id: UUID | None
    store_ids: list[UUID]
    is_active: bool
    must_change_password: bool
    must_enrol_factor: bool
    is_waiting: bool
    opened_by: UUID | None
    activated_by: UUID | None
    created_at: Moment


class PasswordRequest(Body):
    """The password until now, and the one from now on (12 characters or more)."""

    current: GivenPassword
    new: NewPassword


class CodeRequest(Body):
    """Six digits of a second factor."""

    totp: Code


class EnrolmentView(View):
    """A second factor being set up: its secret, and the address that a QR code shows. Only now."""

    totp_secret: str
    totp_uri: str
