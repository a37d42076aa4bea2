"""Values of template and subscription messages by the type of their key (WeChat fact C5)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.answers import Refused

DAY = r"\d{4}[年\-/.]\d{1,2}[月\-/.]\d{1,2}日?"
TIME = r"\d{1,2}:\d{2}(:\d{2})?"
MOMENT = rf"({DAY} ?)?{TIME}"
CHINESE = r"[一-鿿·]"
# What a whole value must look like; each is tried without a line break in it.
FORMS: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".{1,20}"),
    "number": re.compile(r"-?\d{1,32}(\.\d{1,32})?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "time": re.compile(rf"{MOMENT}( ?~ ?{MOMENT})?"),
    "date": re.compile(rf"{DAY}( {TIME})?( ?~ ?{DAY}( {TIME})?)?"),
    "amount": re.compile(r"[¥￥$€]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[\d+\-() ]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(rf"{CHINESE}{{1,10}}|[A-Za-z .\-']{{1,20}}"),
    "phrase": re.compile(rf"{CHINESE}{{1,5}}"),
    "const": re.compile(r".{1,20}"),
    "enum": re.compile(r".{1,20}"),
}
OTHER = re.compile(r".{1,200}")


def words_of(data: Any) -> str:
    """The values, one per line. Raises Refused 47001, or 47003 naming the value that is wrong."""
    if not isinstance(data, dict) or not data:
        raise Refused(47001, "data format error")
    words = []
    for name, entry in data.items():
        value = entry.get("value") if isinstance(entry, dict) else None
        known = isinstance(value, str | int | float) and not isinstance(value, bool)
        if not known or set(entry) - {"value", "color"} or not fits(name, str(value)):
            raise Refused(47003, f"argument invalid! data.{name}.value invalid")
        words.append(str(value))
    return "\n".join(words)


def fits(name: str, value: str) -> bool:
    """Whether a value may stand under this key, such as `thing4`."""
    kind = re.sub(r"\d+$", "", name)
    return bool(value.strip()) and bool(FORMS.get(kind, OTHER).fullmatch(value))
