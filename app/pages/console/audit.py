"""What staff did: looked for by who, what, on which object and when; each record whole."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Response

from app.core.world import BEIJING, now
from app.pages.console import calls, forms, frame, narrowing, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("audit", __name__)
HOME = "/console/audit"
AREA = Area(blueprint, (entry(HOME, "操作日志", "系统管理", "operator"),))
OUTCOMES = ("", "done", "repeated", "refused", "failed")
SHOWN, EXPORTED_DAYS = 50, 92


@blueprint.get(HOME)
@sessions.page("operator")
def show_audit() -> Response:
    """Records, newest first, and the form to look for them."""
    query, cursor = _query(), forms.asked("cursor")
    found = calls.read("/audit", **_wanted(query), cursor=cursor, limit=SHOWN)
    onwards = found["next_cursor"]
    return frame.render(
        "console/audit.html",
        rows=found["records"],
        query=query,
        outcomes=OUTCOMES,
        exported_days=EXPORTED_DAYS,
        narrowing=narrowing.of("audit", staff=query.get("actor")),
        following=query | {"cursor": onwards} if onwards else {},
        first=query if cursor else None,
    )


@blueprint.get(f"{HOME}.csv")
@sessions.page("operator")
def export() -> Response:
    """What was looked for, as a file; of the last EXPORTED_DAYS where no first day is named."""
    wanted = _wanted(_query())
    wanted.setdefault("from", (now() - timedelta(days=EXPORTED_DAYS)).isoformat())
    answer = calls.send("GET", "/audit.csv", query=wanted)
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, answer.headers["Content-Type"], "audit.csv")


def _query() -> dict[str, str]:
    """The filters of the address that hold, as they were typed."""
    names = ("actor", "action", "object", "outcome", "from", "to")
    given = {name: forms.asked(name).strip() for name in names}
    return {name: value for name, value in given.items() if value}


def _wanted(query: dict[str, str]) -> dict[str, str]:
    """What the API is asked for: days of Beijing as moments, the last one included. What is no day
    goes on as it was typed, and the API refuses it."""
    wanted = dict(query)
    for name, later in (("from", 0), ("to", 1)):
        try:
            day = date.fromisoformat(query.get(name, "")) + timedelta(days=later)
        except (ValueError, OverflowError):
            continue
        wanted[name] = datetime.combine(day, time(), BEIJING).isoformat()
    return wanted
