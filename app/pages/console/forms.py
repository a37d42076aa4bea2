"""What a form holds, as the API wants it. What cannot be read goes on as it was typed: the API
refuses it, and its words are shown beside the field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request

from app.core.errors import NotFound
from app.core.world import BEIJING, new_id

YUAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?")
PER_CENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")
WHOLE = re.compile(r"-?\d{1,15}")
MINUTE = "%Y-%m-%dT%H:%M"
KINDS = ("text", "fen", "whole", "bp", "flag", "many", "lines")


def key() -> str:
    """The form's own Idempotency-Key: sent twice, it acts once."""
    given = request.form.get("key", "")
    return given if re.fullmatch(r"[0-9a-f]{32}", given) else new_id().hex


def body(**fields: tuple[str, ...]) -> dict[str, Any]:
    """The form's fields by kind, empty ones left out: `text`, `fen` (typed in yuan), `whole`,
    `bp` (typed in per cent), `flag` (a checkbox, always there), `many` (each of a name), `lines`
    (one for each line)."""
    unknown = set(fields) - set(KINDS)
    if unknown:
        raise ValueError(f"unknown kinds of fields: {sorted(unknown)}")
    found: dict[str, Any] = {}
    for kind, names in fields.items():
        for name in names:
            value = READERS[kind](name)
            if value not in (None, "", []) or kind == "flag":
                found[name] = value
    return found


def text(name: str) -> str:
    """A line or more of text, without blanks around it."""
    return request.form.get(name, "").strip()


def fen(name: str) -> int | str:
    """An amount typed in yuan, in fen."""
    return amount(text(name))


def amount(words: str) -> int | str:
    """Yuan in fen; what cannot be read as it was typed."""
    typed = words.replace(",", "").removeprefix("¥").replace("−", "-")
    found = YUAN.fullmatch(typed)
    if not found:
        return typed
    size = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -size if found[1] else size


def basis_points(name: str) -> int | str:
    """A rate typed in per cent, in basis points."""
    typed = text(name).removesuffix("%").strip()
    found = PER_CENT.fullmatch(typed)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else typed


def whole(name: str) -> int | str:
    """A whole number."""
    typed = text(name).replace(",", "")
    return int(typed) if WHOLE.fullmatch(typed) else typed


def flag(name: str) -> bool:
    """Whether a checkbox is ticked."""
    return request.form.get(name) in ("on", "true", "1")


def many(name: str) -> list[str]:
    """All that was chosen under a name."""
    return [each for each in request.form.getlist(name) if each]


def lines(name: str) -> list[str]:
    """What stands on each line that is not empty."""
    return [each.strip() for each in request.form.get(name, "").splitlines() if each.strip()]


def instant(name: str) -> str:
    """A moment typed in Beijing time, with its offset; what cannot be read as it was typed."""
    typed = text(name)
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=BEIJING).isoformat()
    except ValueError:
        return typed


def typed_instant(value: str | None) -> str:
    """A moment of the API as a field for Beijing time holds it; nothing for what is none."""
    try:
        return datetime.fromisoformat(value).astimezone(BEIJING).strftime(MINUTE) if value else ""
    except ValueError:
        return ""


READERS = {
    "text": text,
    "fen": fen,
    "whole": whole,
    "bp": basis_points,
    "flag": flag,
    "many": many,
    "lines": lines,
}


def file_text(name: str) -> str:
    """The text of a file that was chosen, or nothing; what is no UTF-8 is replaced."""
    found = request.files.get(name)
    return found.read().decode("utf-8-sig", "replace") if found else ""


def asked(name: str, *allowed: str) -> str:
    """A parameter of the address; the first allowed one where it is missing or another."""
    given = request.args.get(name, "")[:200]
    return given if not allowed or given in allowed else allowed[0]


def identity(value: str | None) -> str | None:
    """An id of the address, or None. Raises NotFound for anything else."""
    try:
        return str(UUID(value)) if value else None
    except ValueError:
        raise NotFound() from None
