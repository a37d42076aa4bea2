"""Withheld tax: a month's records for the report, and what was paid to the office."""

from __future__ import annotations

from flask import Response

from app.core.world import beijing_day, now
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("taxes", __name__)
AREA = Area(blueprint, (entry("/console/taxes", "代扣税款", "资金", "finance"),))
SHOWN = 100


@blueprint.get("/console/taxes")
@sessions.page("finance")
def show_taxes() -> Response:
    """What was withheld in a month, and what lies in the account for it."""
    month = forms.asked("month")[:7] or beijing_day(now()).strftime("%Y-%m")
    year, _, number = month.partition("-")
    after = forms.identity(forms.asked("after"))
    query = {"year": year, "month": number, "after": after, "limit": SHOWN}
    records = calls.read("/tax-records", **query)["records"]
    accounts = calls.read("/funds")["accounts"]
    is_full = len(records) == SHOWN
    following = {"month": month, "after": records[-1]["id"]} if is_full else {}
    return frame.render(
        "console/taxes.html",
        records=records,
        month=month,
        held_fen=accounts.get("tax_withheld", {}).get("balance_fen", 0),
        following=following,
        is_first=after is None,
    )


@blueprint.post("/console/taxes/payments")
@sessions.page("finance")
def pay() -> Response | str:
    """Book what was paid to the tax office; a large sum waits for another person."""
    wish = forms.body(fen=("amount_fen",), text=("receipt",))
    answer = calls.send("POST", "/tax-payments", wish, key=forms.key())
    waits = answer.body.get("status") == "waiting"
    done = t("已登记，待另一名财务人员复核后入账") if waits else t("税款缴纳已入账")
    return frame.act(answer, then="/console/taxes", done=done, again=show_taxes)
