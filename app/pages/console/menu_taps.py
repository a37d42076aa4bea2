"""What followers tap in the official account's menu: by entry, and by day as a chart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, g

from app.core.world import beijing_day, now
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("menu_taps", __name__)
STAFF = ("operator", "support")
HOME = "/console/menu-taps"
AREA = Area(blueprint, (entry(HOME, "菜单点击", "服务", *STAFF),))
DAYS = timedelta(days=29)


@blueprint.get(HOME)
@sessions.page(*STAFF)
def show_taps() -> Response:
    """Taps of thirty days, or of those asked for."""
    last = forms.asked("to") or str(beijing_day(now()))
    first = forms.asked("from") or _before(last)
    answer = calls.send("GET", "/menu/taps", query={"from": first, "to": last})
    if answer.is_refused:
        g.refusal = frame.refusal_of(answer)
    rows = answer.body.get("taps", [])
    days = _by_day(rows, first, last)
    return frame.render(
        "console/menu_taps.html",
        status=answer.status,
        rows=_by_entry(rows),
        days=days.items(),
        charts={"taps": _chart(days)},
        total=sum(days.values()),
        first=first,
        last=last,
    )


def _before(last: str) -> str:
    """The first day where only the last one is said; what is no day is for the API to refuse."""
    try:
        return str(date.fromisoformat(last) - DAYS)
    except (ValueError, OverflowError):
        return last


def _by_day(rows: list[dict[str, Any]], first: str, last: str) -> dict[str, int]:
    """The taps of each day from the first to the last, also of those without any."""
    if not rows:
        return {}
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:  # the API reads more ways to write a day
        begins, ends = (date.fromisoformat(rows[place]["day"]) for place in (0, -1))
    every = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
    found = dict.fromkeys(map(str, every), 0)
    for row in rows:
        found[row["day"]] += row["taps"]
    return found


def _by_entry(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with all their taps, the most tapped first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault((row["event"], row["key"]), row | {"taps": 0})
        known["taps"] += row["taps"]
    return sorted(found.values(), key=lambda each: (-each["taps"], each["key"]))


def _chart(days: dict[str, int]) -> dict[str, Any]:
    series = [{"name": "", "values": list(days.values())}]
    return {"kind": "bar", "unit": "", "labels": [each[5:] for each in days], "series": series}
