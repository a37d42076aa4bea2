"""Members: found by number or id, their wallet, who brought them and whom they brought, and their
real name, in clear only with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, people, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("members", __name__)
STAFF = ("operator", "support", "finance")
AREA = Area(blueprint, (entry("/console/members", "会员", "会员", *STAFF),))
SHOWN = 50
FIELDS = ("name", "phone", "id_number", "card_number")


@blueprint.get("/console/members")
@sessions.page(*STAFF)
def show_members() -> Response:
    """Members, newest first, and the form to find one."""
    query = {name: forms.asked(name) for name in ("before", "before_id")}
    found = calls.read("/members", **query, limit=SHOWN)["members"]
    return _list(found, is_first=not query["before"])


@blueprint.post("/console/members")
@sessions.page(*STAFF)
def search() -> Response | str:
    """Find one by number or id; what was typed stands in no address."""
    answer = people.looked_for(forms.text("wanted"))
    if answer.is_refused:
        return _list([], is_first=True, status=frame.refuse(answer))
    return _list(answer.body["members"], is_first=True, is_search=True)


def _list(found: list[Any], *, is_first: bool, status: int = 200, is_search: bool = False) -> Any:
    is_full = len(found) == SHOWN and not is_search
    last = (
        {"before": found[-1]["joined_at"], "before_id": found[-1]["member_id"]} if is_full else {}
    )
    return frame.render(
        "console/members.html",
        status=status,
        members=found,
        following=last,
        is_first=is_first,
        is_search=is_search,
    )


@blueprint.get("/console/members/<uuid:member_id>")
@sessions.page(*STAFF)
def show_member(member_id: UUID) -> Response:
    """One member."""
    return _member(member_id, {})


def _member(member_id: UUID, revealed: dict[str, Any], status: int = 200) -> Response:
    base = f"/members/{member_id}"
    roles = sessions.visitor().roles
    named = calls.send("GET", f"{base}/real-name")
    sent = calls.read(f"{base}/withdrawals", limit=10)["withdrawals"] if "finance" in roles else []
    return frame.render(
        "console/member.html",
        status=status,
        recommender_choices=people.recommenders,
        member=calls.read(base),
        wallet=calls.read(f"{base}/wallet"),
        evidence=calls.read(f"{base}/binding/evidence"),
        recommending=_optional(f"{base}/recommending"),
        real_name=None if named.is_refused else named.body,
        withdrawals=sent,
        revealed=revealed,
        fields=FIELDS,
        here=f"/console{base}",
    )


def _optional(path: str) -> dict[str, Any]:
    answer = calls.send("GET", path)
    return {} if answer.is_refused else answer.body


@blueprint.post("/console/members/<uuid:member_id>/reveal")
@sessions.page(*STAFF)
def reveal(member_id: UUID) -> Response | str:
    """Personal data in clear, with a reason that is kept; shown once, never in an address."""
    wish = forms.body(text=("reason",), many=("fields",))
    answer = calls.send("POST", f"/members/{member_id}/real-name/reveal", wish)
    if not answer.is_refused:
        return _member(member_id, answer.body)
    return _after(member_id, answer, "")


@blueprint.post("/console/members/<uuid:member_id>/release")
@sessions.page("operator")
def release(member_id: UUID) -> Response | str:
    """Erase a real name that was given wrongly."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/members/{member_id}/real-name/release", wish)
    return _after(member_id, answer, t("实名已清除，会员可重新提交"))


@blueprint.post("/console/members/<uuid:member_id>/recommending")
@sessions.page("operator")
def decide_recommending(member_id: UUID) -> Response | str:
    """Suspend or revoke somebody's right to recommend, or give it back."""
    wish = forms.body(text=("state", "reason"))
    answer = calls.send("POST", f"/members/{member_id}/recommending", wish, key=forms.key())
    return _after(member_id, answer, t("推荐资格已更改"))


@blueprint.post("/console/members/<uuid:member_id>/correct")
@sessions.page("operator")
def correct(member_id: UUID) -> Response | str:
    """Propose another binding; somebody else decides."""
    if choices.is_finding():
        return _member(member_id, {}, people.find())
    names = ("recommender_kind", "recommender_id", "home_store_id", "reason", "dispute_id")
    answer = calls.send("POST", f"/members/{member_id}/binding/corrections", forms.body(text=names))
    return _after(member_id, answer, t("更正已提交，等待另一人复核"))


def _after(member_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    return frame.act(
        answer,
        then=f"/console/members/{member_id}",
        done=done,
        again=lambda: show_member(member_id),
    )
