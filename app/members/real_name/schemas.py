"""What the routes of real names read and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.schemas import Body, Moment, View
from app.members.real_name import rules

SHORTEST_REASON = 8
Door = Literal["mini_program", "official_account"]


def _quiet(normal: Callable[[str], str]) -> AfterValidator:
    """Refuses by a rule without the given value standing in the refusal."""

    def check(given: str) -> str:
        try:
            return normal(given)
        except ValueError as error:
            raise PydanticCustomError("personal_data", "{reason}", {"reason": str(error)}) from None

    return AfterValidator(check)


def _text(longest: int) -> Any:
    return Field(strict=True, min_length=1, max_length=longest)


Mobile = Annotated[str, _text(40), _quiet(rules.normal_mobile)]


class CardRequest(Body):
    """A bank card of the member, and the bank's name where they know it."""

    number: Annotated[str, _text(40), _quiet(rules.normal_card)]
    bank_name: Annotated[str, Field(strict=True, min_length=2, max_length=40)] | None = None


class RealNameRequest(Body):
    """Who the member is by law, and the consent they gave to which text at which door."""

    name: Annotated[str, _text(80), _quiet(rules.normal_name)]
    id_number: Annotated[str, _text(40), _quiet(rules.normal_id_number)]
    phone: Mobile
    bank_card: CardRequest | None = None
    consent_version: Annotated[str, _text(20)]
    consent_door: Door


class RegistrationCheckRequest(Body):
    """What the member typed, as they typed it: at least one field."""

    name: Annotated[str, _text(80)] | None = None
    id_number: Annotated[str, _text(40)] | None = None
    phone: Annotated[str, _text(40)] | None = None


class ComparedField(View):
    """How one field compares with what is on record (`on_record`, in part), in both languages."""

    field: Literal["name", "id_number", "phone"]
    result: Literal["same", "differs", "new", "invalid"]
    message: str
    title: str
    on_record: str | None


class RegistrationCheck(View):
    """The fields that were typed."""

    fields: list[ComparedField]


class MaskedCardView(View):
    """A bank card of which the last four digits show; since when it is the member's."""

    number: str
    bank_name: str | None
    changed_at: Moment


class RealNameView(View):
    """A real name as it may be shown: in part."""

    name: str
    id_number: str
    phone: str
    bank_card: MaskedCardView | None
    consent_version: str
    consent_door: str
    confirmed_at: Moment


class ConsentView(View):
    """The text to consent to, and its version."""

    version: str
    text: str


RevealedField = Literal["name", "id_number", "phone", "card_number"]


def _meant(reason: str) -> str:
    if len("".join(reason.split())) < SHORTEST_REASON:
        raise ValueError(f"a reason of at least {SHORTEST_REASON} characters")
    return reason.strip()


Reason = Annotated[str, Field(strict=True, max_length=200), AfterValidator(_meant)]


class RevealRequest(Body):
    """Which fields are wanted in clear, and why: the reason is kept."""

    fields: Annotated[list[RevealedField], Field(min_length=1, max_length=4)]
    reason: Reason


class ReleaseRequest(Body):
    """Why a real name is erased that was given wrongly: the reason is kept."""

    reason: Reason


class RevealedView(View):
    """Personal data in clear; only what was asked for is there."""

    name: str | None = None
    id_number: str | None = None
    phone: str | None = None
    card_number: str | None = None


class RevealView(View):
    """That somebody of the staff saw personal data in clear, or erased it (`released`)."""

    id: UUID
    member_id: UUID
    staff_id: UUID
    staff_name: str | None = None
    fields: list[str]
    reason: str
    revealed_at: Moment


class RevealList(View):
    """A page, newest first; `next_before` is null on the last one."""

    reveals: list[RevealView]
    next_before: UUID | None


class RevealsQuery(Body):
    """Whose, by whom, before which record."""

    member_id: UUID | None = None
    staff_id: UUID | None = None
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
