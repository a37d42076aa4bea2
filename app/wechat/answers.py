"""Reads WeChat's answers: what is there and of the right kind, else WeChatUnavailable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.wechat.errors import WeChatUnavailable

Fields = Mapping[str, Any]


def text(answer: Fields, name: str) -> str:
    """A text that must be there and not be empty. Raises WeChatUnavailable."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise WeChatUnavailable(f"WeChat answered without {name}", may_have_arrived=True)
    return value


def some_text(answer: Fields, name: str) -> str | None:
    """A text that may be missing or empty."""
    value = answer.get(name)
    return value if isinstance(value, str) and value else None


def whole(answer: Fields, name: str) -> int:
    """A whole number that must be there. Raises WeChatUnavailable."""
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise WeChatUnavailable(f"WeChat answered without {name}", may_have_arrived=True)
    return value


def part(answer: Fields, name: str) -> Fields:
    """An object that must be there. Raises WeChatUnavailable."""
    value = answer.get(name)
    if not isinstance(value, Mapping):
        raise WeChatUnavailable(f"WeChat answered without {name}", may_have_arrived=True)
    return value


def parts(answer: Fields, name: str) -> list[Fields]:
    """A list of objects; none where it is missing. Raises WeChatUnavailable."""
    value = answer.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise WeChatUnavailable(f"WeChat answered with an odd {name}", may_have_arrived=True)
    return value
