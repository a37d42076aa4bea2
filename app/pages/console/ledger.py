"""The books: an owner's accounts, entries of each, a journal whole, and the closed days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Response

from app.core.errors import NotFound
from app.core.world import BEIJING, PLATFORM_ID
from app.pages.console import calls, choices, forms, frame, narrowing, people, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("ledger", __name__)
STAFF = ("finance", "operator")
HOME = "/console/ledger"
AREA = Area(blueprint, (entry(HOME, "账本", "资金", *STAFF),))
SHOWN, DAYS = 50, 31


@blueprint.get(HOME)
@sessions.page(*STAFF)
def show_ledger() -> Response:
    """The accounts of the platform, or of the owner asked for, and what closed days came to."""
    owner = forms.identity(forms.asked("owner").strip()) or str(PLATFORM_ID)
    found = calls.read(f"/ledger/{owner}")
    return frame.render(
        "console/ledger.html",
        owner=owner,
        called=_called(owner),
        is_platform=owner == str(PLATFORM_ID),
        narrowing=narrowing.of("ledger"),
        accounts=found["accounts"],
        days=calls.read("/reserve/days", limit=DAYS)["days"],
    )


@blueprint.get(f"{HOME}/<uuid:owner_id>/<string(maxlength=40):account>")
@sessions.page(*STAFF)
def show_account(owner_id: UUID, account: str) -> Response:
    """The entries of one account, newest first, a month at a time."""
    day, cursor = forms.asked("day"), forms.asked("cursor")
    accounts = calls.read(f"/ledger/{owner_id}")["accounts"]
    held = next((each for each in accounts if each["account"] == account), None)
    if held is None:
        raise NotFound()
    query = {"account": account, "until": _end_of(day), "cursor": cursor, "limit": SHOWN}
    found = calls.read(f"/ledger/{owner_id}/entries", **query)
    kept, onwards = {"day": day} if day else {}, found["next_cursor"]
    return frame.render(
        "console/ledger_account.html",
        held=held,
        owner=str(owner_id),
        rows=found["entries"],
        day_asked=day,
        here=f"{HOME}/{owner_id}/{account}",
        following=kept | {"cursor": onwards} if onwards else {},
        first=kept if cursor else None,
    )


def _called(owner: str) -> str:
    """A merchant's name, or how a member is called; the id of who is neither."""
    name = choices.merchant_called(owner)
    return name if name != owner else people.called("member", owner)


def _end_of(day: str) -> str:
    """The end of a day of Beijing; what is no day goes on as it was typed, and is refused."""
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        return day
    return datetime.combine(following, time(), BEIJING).isoformat()
