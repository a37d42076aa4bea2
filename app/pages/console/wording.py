"""How amounts, moments and codes are written for people, in the visitor's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import g
from markupsafe import Markup, escape

from app.core.units import decimal_yuan
from app.core.world import BEIJING, SYSTEM_ID
from app.pages.console import calls
from app.pages.console.texts import CODES, Code, language, t
from app.pages.console.texts.actions import ACTIONS

SHORT, LONG = "%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"
ANOTHER_YEAR = "%Y-%m-%d %H:%M"


def money(fen: int | None) -> str:
    """Fen as yuan with a sign: ¥1,234.50, −¥0.05; a dash for nothing."""
    if fen is None:
        return "—"
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def percent(basis_points: int | None) -> str:
    """Basis points as per cent: 12.5 %."""
    if basis_points is None:
        return "—"
    whole, rest = divmod(basis_points, 100)
    return f"{whole}{f'.{rest:02}'.rstrip('0') if rest else ''} %"


def decimal(hundredths: int | str | None) -> str:
    """Fen, or basis points, as a form field takes them: 1234.50; empty for none, and what could
    not be read as it was typed."""
    return decimal_yuan(hundredths) if isinstance(hundredths, int) else hundredths or ""


def number(value: int | None) -> str:
    """A count with separators; a dash for nothing."""
    return "—" if value is None else f"{value:,}"


def moment(value: str | datetime | None, *, is_long: bool = False) -> Markup:
    """A moment in Beijing time, exact to the second in its title."""
    if not value:
        return Markup("—")
    local = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(BEIJING)
    shown = local.strftime(LONG if is_long else ANOTHER_YEAR)
    return Markup('<time datetime="{}" title="{} UTC+8">{}</time>').format(
        local.isoformat(), local.strftime(LONG), shown
    )


def day(value: str | date | None) -> str:
    """A business day."""
    return str(value) if value else "—"


def short(identity: Any) -> Markup:
    """The end of an id, the whole of it in its title."""
    if not identity:
        return Markup("—")
    text = str(identity)
    return Markup('<code class="id" title="{}">…{}</code>').format(text, text[-8:])


def by(identity: Any) -> Markup:
    """Who did it: the system, oneself (`you`), or the end of somebody's id."""
    if str(identity) == str(SYSTEM_ID):
        return Markup(escape(t("系统")))
    found = g.get("visitor")
    if found and str(identity) == found.staff_id:
        return Markup("<b>{}</b>").format(t("您"))
    return short(identity)


def figures(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """What a rule saw, by name: amounts in yuan, moments in Beijing time."""
    return [(word("risk_figure", name), _figure(name, value)) for name, value in found.items()]


def _figure(name: str, value: Any) -> Any:
    if name.endswith("_fen"):
        return money(int(value))
    if name.endswith("_at"):
        return moment(str(value))
    return t("是") if name == "confirmed" else value


def word(kind: str, code: Any) -> str:
    """What people call a code of the API, such as a state; the code itself where it is unknown."""
    found = CODES.get(kind, {}).get(str(code))
    return t(found.title) if found else str(code)


def details(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """What a record of the log says was decided, by name: amounts in yuan, the rest in words."""
    return [(word("decided", name), _detail(name, value)) for name, value in found.items()]


def _detail(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if name.endswith("_fen") and isinstance(value, int):
        return money(value)
    kind = {"roles": "role", "fields": "personal"}.get(name, "decided_value")
    said = [word(kind, each) for each in (value if isinstance(value, list) else [value])]
    return " · ".join(said)


def category(code: str | None) -> str:
    """What a category of stores and offers is called; the code of one that is no longer there."""
    for each in calls.read_once("/store-categories")["categories"]:
        if each["code"] == code:
            return str(each["name_en" if language() == "en" else "name"])
    return code or ""


def action_name(written: str) -> str:
    """What an action of the log is called; as it was written where the product no longer has it."""
    found = ACTIONS.get(f"GET {written[5:]}" if written.startswith("HEAD ") else written)
    return found[1 if language() == "en" else 0] if found else written


def application_step(written: str) -> str:
    """What a step of a merchant's application is called; of what somebody saw in clear, which."""
    seen = written.removeprefix("revealed:").split(",")
    if not written.startswith("revealed:") or seen == ["pictures"]:
        return word("application", written)
    names = (", " if language() == "en" else "、").join(word("applicant", each) for each in seen)
    return t("查看了明文：{fields}", fields=names)


def badge(kind: str, code: Any) -> Markup:
    """The same with the colour of its tone; the words alone say it, too."""
    found = CODES.get(kind, {}).get(str(code), Code(str(code)))
    return Markup('<span class="badge {}">{}</span>').format(found.tone, escape(t(found.title)))
