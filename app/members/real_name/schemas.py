"""What the routes of real names read and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.schemas import Body, Moment, View
from app.members.real_name import rules

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


class CardRequest(Body):
    """A bank card of the member, and the bank's name where they know it."""

    number: Annotated[str, _text(40), _quiet(rules.normal_card)]
    bank_name: Annotated[str, Field(strict=True, min_length=2, max_length=40)] | None = None


class RealNameRequest(Body):
    """Who the member is by law, and the consent they gave to which text at which door."""

    name: Annotated[str, _text(80), _quiet(rules.normal_name)]
    id_number: Annotated[str, _text(40), _quiet(rules.normal_id_number)]
    phone: Annotated[str, _text(40), _quiet(rules.normal_mobile)]
    bank_card: CardRequest | None = None
    consent_version: Annotated[str, _text(20)]
    consent_door: Door


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
