"""What followers tap in the official account's menu: by entry, and by day as a chart."""

from __future__ import annotations

from collections import Counter
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
    days = Counter[str]()
    for row in rows:
        days[row["day"]] += row["taps"]
    return frame.render(
        "console/menu_taps.html",
        status=answer.status,
        rows=_by_entry(rows),
        days=sorted(days.items()),
        charts={"taps": _chart(days)},
        total=days.total(),
        first=first,
        last=last,
    )


def _before(last: str) -> str:
    """The first day where only the last one is said; what is no day is for the API to refuse."""
    try:
        return str(date.fromisoformat(last) - DAYS)
    except (ValueError, OverflowError):
        return last


def _by_entry(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with all their taps, the most tapped first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault((row["event"], row["key"]), row | {"taps": 0})
        known["taps"] += row["taps"]
    return sorted(found.values(), key=lambda each: (-each["taps"], each["key"]))


def _chart(days: Counter[str]) -> dict[str, Any]:
    labels = sorted(days)
    series = [{"name": "", "values": [days[each] for each in labels]}]
    return {"kind": "bar", "unit": "", "labels": [each[5:] for each in labels], "series": series}
