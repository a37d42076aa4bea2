"""What people are told of a store, as a form holds it: hours as lines, a place as two numbers.

Only what differs from the store as it stands is wanted; what cannot be read goes on as it was
typed, for the API to refuse.
"""

from __future__ import annotations

import re
from typing import Any

from app.pages.console import forms

Fields = dict[str, Any]
WEEK = (
    ("monday", "周一"),
    ("tuesday", "周二"),
    ("wednesday", "周三"),
    ("thursday", "周四"),
    ("friday", "周五"),
    ("saturday", "周六"),
    ("sunday", "周日"),
)
TEXTS = ("name", "address", "telephone", "category")
DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,9})?")
BETWEEN = re.compile(r"\s*[,，、;；]\s*")


def shown(store: Fields) -> Fields:
    """A store as its form shows it: by the form's own names."""
    weekly = store.get("weekly_hours") or {}
    found = {name: store.get(name) for name in ("name", "address", "telephone")}
    found |= {"category": store.get("category_code")}
    found |= {name: store.get(name) for name in ("latitude", "longitude")}
    found |= {f"hours-{day}": _written(weekly.get(day) or []) for day, _ in WEEK}
    special = store.get("special_days") or []
    found["special_days"] = "\n".join(
        " ".join(filter(None, (each["day"], _written(each["periods"]), each.get("note") or "")))
        for each in special
    )
    return found


def wanted(store: Fields, pictures: list[str] | None = None) -> Fields:
    """What of the form differs from the store; `pictures` where the form has them."""
    before = shown(store)
    found: Fields = {
        name: forms.text(name) or None for name in TEXTS if forms.text(name) != (before[name] or "")
    }
    place = {name: _degrees(forms.text(name)) for name in ("latitude", "longitude")}
    if any(value != store.get(name) for name, value in place.items()):
        found |= place
    hours = {day: forms.text(f"hours-{day}") for day, _ in WEEK}
    if any(text != before[f"hours-{day}"] for day, text in hours.items()):
        weekly = {day: _periods(text) for day, text in hours.items()}
        found["weekly_hours"] = weekly if any(hours.values()) else None
    if "\n".join(forms.lines("special_days")) != before["special_days"]:
        found["special_days"] = [_special(line) for line in forms.lines("special_days")] or None
    if pictures is not None and pictures != (store.get("pictures") or []):
        found["pictures"] = pictures
    return found


def _written(periods: list[Fields]) -> str:
    return ", ".join(f"{each['opens']}-{each['closes']}" for each in periods)


def _periods(text: str) -> list[Fields]:
    """`09:00-14:00, 17:00-21:00` as the API says it; nothing for a day off."""
    spans = [re.split(r"\s*[-–—~至]\s*", each, maxsplit=1) for each in BETWEEN.split(text) if each]
    return [{"opens": span[0], "closes": span[-1] if len(span) > 1 else ""} for span in spans]


def _special(line: str) -> Fields:
    """`2026-10-01 10:00-16:00 国庆`: a day, its periods (none: closed), a note."""
    day, _, rest = line.partition(" ")
    parts = rest.split(" ")
    spans = [each for each in parts if re.match(r"\d", each)]
    note = " ".join(each for each in parts if not re.match(r"\d", each)).strip()
    periods = _periods(", ".join(each.strip(",，") for each in spans))
    return {"day": day, "periods": periods} | ({"note": note} if note else {})


def _degrees(text: str) -> float | str | None:
    return float(text) if DEGREES.fullmatch(text) else (text or None)
