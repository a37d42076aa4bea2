"""Narrows a list down to somebody who is looked for by number or name. What is typed stands in no
address, only the id that was found does."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response

from app.core.errors import NotFound
from app.pages.console import calls, choices, forms, frame, people, sessions
from app.pages.console.areas import Area

blueprint = frame.pages("narrowing", __name__)
AREA = Area(blueprint)
STAFF = ("operator", "finance", "support")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that can be narrowed down: its address, and the parameter that takes the id of whom,
    by what kind of somebody they are."""

    path: str
    parameters: dict[str, str]


LISTS = {
    "audit": Listed("/console/audit", {"staff": "actor"}),
    "ledger": Listed("/console/ledger", {"member": "owner", "merchant": "owner"}),
    "merges": Listed("/console/merges/done", {"member": "member_id"}),
    "reveals": Listed("/console/real-name-reveals", {"member": "member_id", "staff": "staff_id"}),
    "staff": Listed("/console/staff", {"merchant": "merchant_id"}),
}
Fields = calls.Fields


def of(name: str, **chosen: str | None) -> Fields:
    """What `ui.narrowing` shows of a list: whom it can be narrowed down to, and whom it is, given
    as ids by kind."""
    told = [people.called(kind, each) for kind, each in chosen.items() if each]
    kinds, path = tuple(LISTS[name].parameters), LISTS[name].path
    return {"action": f"/console/narrowing/{name}", "kinds": kinds, "told": told, "path": path}


@blueprint.post("/console/narrowing/<any(audit, ledger, merges, reveals, staff):name>")
@sessions.page(*STAFF)
def narrow(name: str) -> Response:
    """On to the list of whom the form names; where there are several, a page to choose one."""
    kind, wanted = forms.text("kind"), forms.text("wanted")
    listed = LISTS[name]
    if kind not in listed.parameters:
        raise NotFound()
    found, status = _found(kind, wanted), 200
    if isinstance(found, calls.Answer):
        frame.refuse(found)
        found, status = {}, found.status
    to = {each: f"{listed.path}?{urlencode({listed.parameters[kind]: each})}" for each in found}
    if len(found) == 1:
        return frame.onwards(*to.values(), "")
    rows = [(to[each], called) for each, called in found.items()]
    return frame.render(
        "console/narrowing.html", status=status, rows=rows, name=name, narrowing=of(name)
    )


def _found(kind: str, wanted: str) -> dict[str, str] | calls.Answer:
    """Who it may be, by id; the API's refusal to look for a member."""
    if not wanted:
        return {}
    if kind == "staff":
        return choices.staff_named(wanted)
    if kind == "merchant":
        return choices.merchants_named(wanted)
    return people.members_like(wanted)
