"""Working days of a year, as the State Council announces them: settlements go by them."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from app.core.world import beijing_day, now
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("calendar", __name__)
READERS = ("operator", "finance", "support")
HERE = "/console/calendar"
AREA = Area(blueprint, (entry(HERE, "工作日历", "系统管理", *READERS),))
LINE = re.compile(r"(\S+)\s+([休班])\s*(.*)")


@blueprint.get(HERE)
@sessions.page(*READERS)
def show_year() -> Response:
    """A year's days that differ from the week, where they are known, and who changed them."""
    given = forms.asked("year")
    year = int(given) if re.fullmatch(r"20\d\d", given) else beijing_day(now()).year
    row = calls.read(f"/calendar/years/{year}")
    return frame.render("console/calendar.html", row=row, written=_written(row["days"]), here=HERE)


@blueprint.post(f"{HERE}/<int:year>")
@sessions.page("operator")
def enter(year: int) -> Response | str:
    """Enter a year's days anew; those before are kept with the change."""
    wish = {
        "days": [_day(line) for line in forms.lines("days")],
        "reason": forms.text("reason"),
    }
    answer = calls.send("PUT", f"/calendar/years/{year}", wish, key=forms.key())
    then = f"{HERE}?year={year}"
    return frame.act(answer, then=then, done=t("已保存"), again=show_year)


def _written(days: list[dict[str, Any]]) -> str:
    words = {True: "班", False: "休"}
    return "\n".join(
        f"{each['day']} {words[each['is_working']]} {each['note']}".strip() for each in days
    )


def _day(line: str) -> dict[str, Any]:
    """`2026-10-01 休 国庆节`; what cannot be read goes on as a day, for the API to refuse."""
    found = LINE.fullmatch(line.strip())
    if not found:
        return {"day": line, "is_working": False, "note": ""}
    return {"day": found[1], "is_working": found[2] == "班", "note": found[3] or found[2]}
