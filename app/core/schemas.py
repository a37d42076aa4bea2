"""Shapes that all rooms share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

LARGEST_FEN = 10_000_000_000

Fen = Annotated[int, Field(strict=True, ge=1, le=LARGEST_FEN, description="Amount in fen (分)")]
FenOrZero = Annotated[int, Field(strict=True, ge=0, le=LARGEST_FEN, description="Fen (分), or 0")]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000, description="100 = 1 %")]
Moment = Annotated[
    datetime,
    PlainSerializer(lambda moment: moment.astimezone(UTC).isoformat(), return_type=str),
    Field(description="RFC 3339, UTC"),
]
ShortText = Annotated[str, Field(strict=True, min_length=1, max_length=100)]


class Body(BaseModel):
    """A request's body or query: unknown fields and unstorable characters are refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        try:
            storable = is_storable(value)
        except RecursionError:
            storable = False
        if not storable:
            raise ValueError("text with NUL or unpaired surrogates, or nesting without end")
        return value


class View(BaseModel):
    """What an answer shows."""

    model_config = ConfigDict(from_attributes=True)


def is_storable(value: Any) -> bool:
    """Whether text can be written to PostgreSQL: no NUL, no unpaired surrogates."""
    if isinstance(value, str):
        return "\x00" not in value and _is_encodable(value)
    if isinstance(value, dict):
        return all(is_storable(key) and is_storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(is_storable(item) for item in value)
    return True


def _is_encodable(text: str) -> bool:
    """Whether UTF-8 can say it, which it cannot of a surrogate without its other half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
