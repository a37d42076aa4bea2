"""What somebody types against what is stored of them: field by field, of their own only.

Nothing is kept, and nothing is said of other people's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.members import bindings, phones
from app.members.real_name import rules
from app.members.real_name.service import Plain, plain_of

Result = Literal["same", "differs", "new", "invalid"]
NORMAL: dict[str, Callable[[str], str]] = {
    "name": rules.normal_name,
    "id_number": rules.normal_id_number,
    "phone": rules.normal_mobile,
}
MASKED: dict[str, Callable[[str], str]] = {
    "name": rules.masked_name,
    "id_number": rules.masked_id_number,
    "phone": phones.masked,
}
WORDS: dict[str, tuple[str, str]] = {
    "name": ("姓名", "Name"),
    "id_number": ("证件号码", "ID number"),
    "phone": ("手机号码", "Mobile number"),
}
SAID: dict[Result, tuple[str, str]] = {
    "same": ("{}与已登记的一致", "{} is as it is on record"),
    "differs": ("{}与已登记的不一致,请核对,或联系客服更正", "{} differs from what is on record"),
    "new": ("{}尚未登记,提交实名后保存", "{} is not on record yet"),
    "invalid": ("{}格式有误,请检查", "{} is not of a possible form"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field: how it compares, in both languages, and what is on record, in part."""

    field: str
    result: Result
    message: str
    title: str
    on_record: str | None


def compare(member_id: UUID, given: Mapping[str, str]) -> list[Compared]:
    """Compares what a member typed (fields of NORMAL) with what they gave before."""
    today_id = bindings.today(member_id)
    plain = plain_of(today_id)
    return [_compared(field, text, _known(field, plain, today_id)) for field, text in given.items()]


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class _Known:
    """What is on record: in clear where it is, and every form in which it may be shown."""

    plain: frozenset[str]
    masked: str | None


def _known(field: str, plain: Plain | None, member_id: UUID) -> _Known:
    stored = str(getattr(plain, field)) if plain else None
    values = {stored} if stored else set()
    if field == "phone":
        values |= set(phones.numbers_of(member_id))
    shown = stored or next(iter(sorted(values)), None)
    return _Known(frozenset(values), MASKED[field](shown) if shown else None)


def _compared(field: str, text: str, known: _Known) -> Compared:
    try:
        value = NORMAL[field](text)
    except ValueError:
        return _told(field, "invalid", known)
    if not known.plain:
        return _told(field, "new", known)
    return _told(field, "same" if value in known.plain else "differs", known)


def _told(field: str, result: Result, known: _Known) -> Compared:
    (chinese, english), (message, title) = WORDS[field], SAID[result]
    return Compared(field, result, message.format(chinese), title.format(english), known.masked)
