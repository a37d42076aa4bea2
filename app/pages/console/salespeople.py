"""Salespeople: authorised, suspended, revoked; whom they brought, and what that earned them."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.core.world import beijing_day, now
from app.pages.console import calls, choices, forms, frame, people, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("salespeople", __name__)
READERS = ("operator", "finance", "support")
HERE = "/console/salespeople"
AREA = Area(blueprint, (entry(HERE, "业务员", "商家", *READERS),))
STATES = ("authorised", "suspended", "revoked")
SHOWN, MONTH = 50, 7


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_salespeople() -> Response:
    """All salespeople, and a form to authorise another one."""
    return _list()


def _list(status: int = 200) -> Response:
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/salespeople", after=after)["salespeople"]
    return frame.render(
        "console/salespeople.html",
        status=status,
        rows=rows,
        member_choices=people.members,
        here=HERE,
        following={"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={} if after else None,
    )


@blueprint.post(HERE)
@sessions.page("operator")
def authorise() -> Response | str:
    """Authorise a salesperson; their code is made with it."""
    if choices.is_finding():
        return _list(people.find())
    wish = forms.body(text=("name", "member_id"))
    answer = calls.send("POST", "/salespeople", wish, key=forms.key())
    then = f"{HERE}/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("业务员已添加"), again=list_salespeople)


@blueprint.get(f"{HERE}/<uuid:salesperson_id>")
@sessions.page(*READERS)
def show_salesperson(salesperson_id: UUID) -> Response:
    """One salesperson: their code, whom they brought, a month's commission, each step."""
    month = forms.asked("month") or str(beijing_day(now()))[:MONTH]
    path = f"/salespeople/{salesperson_id}"
    return frame.render(
        "console/salesperson.html",
        row=calls.read(path),
        earned=calls.read(f"{path}/commission", month=month)["earned"],
        month=month,
        states=STATES,
        here=f"{HERE}/{salesperson_id}",
    )


@blueprint.post(f"{HERE}/<uuid:salesperson_id>")
@sessions.page("operator")
def decide(salesperson_id: UUID) -> Response | str:
    """Suspend, authorise again, or revoke for good."""
    wish, here = forms.body(text=("state", "reason")), f"{HERE}/{salesperson_id}"
    path = f"/salespeople/{salesperson_id}/authorisation"
    answer = calls.send("POST", path, wish, key=forms.key())
    again = lambda: show_salesperson(salesperson_id)  # noqa: E731
    return frame.act(answer, then=here, done=t("授权已更改"), again=again)
