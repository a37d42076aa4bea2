"""What WeChat allows, as data, and what its answers mean. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import units
from app.core.config import settings
from app.core.world import BEIJING, start_of_beijing_day
from app.notices.kinds import TERMS, Kind


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many customer-service messages a trigger allows (None: any number), for how long."""

    messages: int | None
    seconds: int


def allowance(trigger: str) -> Allowance:
    """What a trigger allows: CUSTOMER_SERVICE_WINDOWS (WeChat fact B6)."""
    return Allowance(*settings().customer_service_windows[trigger])


WINDOW_MARGIN = timedelta(seconds=2)  # on the way a window may close

# A template with the same client_msg_id is delivered once within ten minutes (fact B5).
REPEATABLE = timedelta(minutes=9)

CHAT_CLOSED = frozenset({"45015", "45047"})
CONSENT_USED_UP = frozenset({"43101", "43107"})
BLOCKED = frozenset({"43004", "43019", "43101", "50002"})

# Longest value by type of field (fact C5); fields of other types are not cut.
LONGEST = {
    "thing": 20,
    "phrase": 5,
    "character_string": 32,
    "letter": 32,
    "number": 32,
    "const": 20,
}
# What the types of fields take (fact C5); a field of another type is not known.
FORMS = {
    "thing": r".{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "number": r"-?\d{1,32}(\.\d+)?",
    "symbol": r".{1,5}",
    "const": r".{1,20}",
    "amount": r"[¥￥$€]?\d{1,10}(\.\d{1,2})?元?",
    "time": r"(\d{4}年\d{1,2}月\d{1,2}日 )?\d{1,2}:\d{2}(:\d{2})?",
    "date": r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?",
    "name": r"[\u4e00-\u9fff]{1,10}|[A-Za-z ·]{1,20}",
}
ASCII_ONLY = frozenset({"character_string", "letter", "number"})
ELLIPSIS = "…"
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
JOINERS = "\u200d\ufe0f"


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of each day in Asia/Shanghai, in minutes since midnight; they may pass midnight."""

    start: int
    end: int

    def seconds_left(self, moment: datetime) -> float:
        """How long they last from a moment within them, in seconds."""
        local = moment.astimezone(BEIJING)
        midnight = start_of_beijing_day(local.date())
        end = midnight + timedelta(minutes=self.end)
        if end <= moment:
            end += timedelta(days=1)
        return (end - moment).total_seconds()

    def holds(self, moment: datetime) -> bool:
        """Whether a moment falls into them; the end does not."""
        local = moment.astimezone(BEIJING)
        minute = local.hour * 60 + local.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def hours(text: str) -> Hours:
    """Hours from a setting such as `22:00-08:00`. Raises ValueError for another form."""
    found = HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"not hours of a day like 09:00-18:00: {text}")
    start, end = (int(found[name]) * 60 + int(found[name + 1]) for name in (1, 3))
    return Hours(start, end)


def money(amount_fen: int) -> str:
    """An amount of fen as templates take it, without separators: ¥1234.56 (WeChat fact C5)."""
    return units.money(amount_fen, "")


def beijing_time(moment: datetime) -> str:
    """A moment as templates want it: 2026年11月22日 15:04 (Asia/Shanghai)."""
    local = moment.astimezone(BEIJING)
    return f"{local:%Y}年{local.month}月{local.day}日 {local:%H:%M}"


def fitted(value: str, key: str) -> str:
    """A value as a template field such as `thing4` takes it: one line, not too long (fact C5).

    Text that is too long ends in an ellipsis and is never cut within a composed character.
    """
    field = re.sub(r"\d+$", "", key)
    wanted = str.isascii if field in ASCII_ONLY else lambda char: True
    shown = (char if char.isprintable() or char in JOINERS else " " for char in value)
    line = " ".join("".join(filter(wanted, shown)).split()).strip(JOINERS)
    longest = LONGEST.get(field)
    if longest is not None and len(line) > longest:
        is_cut_visibly = field == "thing"
        line = _whole(line, longest - is_cut_visibly) + ELLIPSIS * is_cut_visibly
    return line.strip() or "-"


def _whole(line: str, longest: int) -> str:
    end = longest
    while end > 1 and (unicodedata.combining(line[end]) or line[end] in JOINERS):
        end -= 1
    return line[:end].rstrip(JOINERS)


def value_fits(value: str, key: str) -> bool:
    """Whether WeChat takes a value in a template field such as `amount2` (fact C5)."""
    pattern = FORMS.get(re.sub(r"\d+$", "", key))
    return pattern is not None and re.fullmatch(pattern, value) is not None


def template_of(configured: str, kind: Kind) -> tuple[str, dict[str, str]]:
    """A template's id and which of its fields takes what.

    A setting is the id alone, or the id and fields as the account's template names them:
    `TM123 place=thing7 amount=amount3`. Raises ValueError for another form.
    """
    template_id, *pairs = configured.split()
    given = dict(pair.split("=", 1) for pair in pairs)
    return template_id, given or TERMS[kind].keys


def delivery_state(status: str) -> tuple[str, str | None]:
    """What WeChat reports (fact A6): the state and the reason if it is a bad one.

    `status` is TEMPLATESENDJOBFINISH's, or `failed:<code>` for a subscription message.
    """
    plain = status.lower().replace(" ", "")
    if plain == "success":
        return "delivered", None
    if plain == "failed:userblock":
        return "blocked", "user_block"
    code = plain.removeprefix("failed:")
    if code in BLOCKED:
        return "blocked", code
    return "failed", plain[:50] or "unknown"
