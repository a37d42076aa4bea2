"""Service messages: written, counted, reviewed by somebody else, stopped, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from app.core.world import BEIJING, now
from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("mailings", __name__)
STAFF = ("operator", "support")
HOME = "/console/mailings"
AREA = Area(blueprint, (entry(HOME, "服务消息", "服务", *STAFF),))
SHOWN = 20
CONDITIONS = ("bought_within_days", "not_bought_within_days")
AMOUNTS = ("prepaid_at_least_fen", "prepaid_at_most_fen")


@blueprint.get(HOME)
@sessions.page(*STAFF)
def show_mailings() -> Response:
    """Messages, newest first, and the form to write one."""
    before = forms.identity(forms.asked("before"))
    rows = calls.read("/mailings", before=before, limit=SHOWN)["mailings"]
    following = {"before": rows[-1]["id"]} if len(rows) == SHOWN else {}
    return frame.render(
        "console/mailings.html",
        rows=rows,
        following=following,
        is_first=before is None,
        categories=calls.read("/store-categories")["categories"],
    )


@blueprint.post(HOME)
@sessions.page("operator")
def write() -> Response | str:
    """Write a message; it is counted first, then somebody else reviews it."""
    if choices.is_finding():
        return show_mailings()
    wish: dict[str, Any] = forms.body(text=("title", "text"))
    wish["segment"] = forms.body(
        whole=CONDITIONS, fen=AMOUNTS, text=("category_code",), many=("home_store_ids",)
    )
    answer = calls.send("POST", "/mailings", wish, key=forms.key())
    then = f"{HOME}/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("已写好，正在统计人数"), again=show_mailings)


@blueprint.get(f"{HOME}/<uuid:mailing_id>")
@sessions.page(*STAFF)
def show_mailing(mailing_id: UUID) -> Response:
    """A message as it is sent, for how many, and what became of it."""
    row = calls.read(f"/mailings/{mailing_id}")
    is_mine = row["written_by"] == sessions.visitor().staff_id
    here = f"{HOME}/{mailing_id}"
    return frame.render("console/mailing.html", row=row, is_mine=is_mine, here=here)


@blueprint.post(f"{HOME}/<uuid:mailing_id>/approve")
@sessions.page("operator")
def approve(mailing_id: UUID) -> Response | str:
    """Let it go at a moment of Beijing time, now where none is named."""
    typed = forms.text("starts_at")
    return _act(mailing_id, "review", {"starts_at": _moment(typed)}, t("已通过"))


@blueprint.post(f"{HOME}/<uuid:mailing_id>/reject")
@sessions.page("operator")
def reject(mailing_id: UUID) -> Response | str:
    """Do not let it go."""
    wish = {"reason": forms.text("reason")}
    return _act(mailing_id, "review", wish, t("已驳回"))


@blueprint.post(f"{HOME}/<uuid:mailing_id>/<any(pause, resume):step>")
@sessions.page("operator")
def hold(mailing_id: UUID, step: str) -> Response | str:
    """Queue no more of it for now, or go on."""
    return _act(mailing_id, step, None, t("已暂停") if step == "pause" else t("已继续"))


@blueprint.post(f"{HOME}/<uuid:mailing_id>/stop")
@sessions.page("operator")
def stop(mailing_id: UUID) -> Response | str:
    """End it for good; what is not sent yet stays unsent."""
    return _act(mailing_id, "stop", forms.body(text=("reason",)), t("已停止"))


def _moment(typed: str) -> str:
    """A moment as browsers write it, taken as Beijing time; others go on as typed."""
    if not typed:
        return now().isoformat()
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=BEIJING).isoformat()
    except ValueError:
        return typed


def _act(mailing_id: UUID, step: str, wish: Any, done: str) -> Response | str:
    return frame.act(
        calls.send("POST", f"/mailings/{mailing_id}/{step}", wish, key=forms.key()),
        then=f"{HOME}/{mailing_id}",
        done=done,
        again=lambda: show_mailing(mailing_id),
    )
